/** Functions of security/policies beside CEL's: each is given the variables first. What is not there is an empty text. */
import { canonicalName } from '../header-name.ts'
import { cookieOf } from '../token/cookie.ts'
import { compare, fail, isList, isMap, type Value } from './values.ts'
import type { Variables } from './variables.ts'

/** Limits included. */
export const between = (_: Variables, value: Value, least: Value, most: Value): Value => compare(value, least) >= 0 && compare(value, most) <= 0

export function isEmpty(_: Variables, value: Value): Value {
  if (value === null || value === '') return true
  return isList(value) ? value.length === 0 : isMap(value) && value.size === 0
}

const first = (map: Value, key: string): Value | undefined => {
  const found = isMap(map) ? map.get(key) : undefined
  return found !== undefined && isList(found) ? found[0] : undefined
}

const textOf = (value: Value): string => (typeof value === 'string' ? value : fail())

const header = (v: Variables, name: Value): Value | undefined => first(v('req_headers'), canonicalName(textOf(name)))
export const hasHeader = (v: Variables, name: Value): Value => header(v, name) !== undefined
export const getHeader = (v: Variables, name: Value): Value => header(v, name) ?? ''

export const hasQuerystring = (v: Variables, name: Value): Value => first(v('req_querystring'), textOf(name)) !== undefined
export const getQuerystring = (v: Variables, name: Value): Value => first(v('req_querystring'), textOf(name)) ?? ''

const cookie = (v: Variables, name: Value): string | null => cookieOf(textOf(header(v, 'Cookie') ?? ''), textOf(name))
export const hasCookie = (v: Variables, name: Value): Value => cookie(v, name) !== null
export const getCookie = (v: Variables, name: Value): Value => cookie(v, name) ?? ''
