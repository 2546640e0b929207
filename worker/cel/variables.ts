/** What expressions see of requests, answers and tokens (security/RULES.md, validation/cel). */
import { canonicalName } from '../header-name.ts'
import { dataOf, isDouble, isObject, numberText } from '../json/data.ts'
import type { Answer, GatewayRequest, HeaderMap } from '../types.ts'
import { fail, type Value } from './values.ts'

/** Gives a variable's value. One that there isn't in this stage fails, which `||` and `&&` may forgive. */
export type Variables = (name: string) => Value
type Makers = { readonly [name: string]: () => Value }

/** Makes each once, if an expression asks for it. */
export function createVariables(makers: Makers): Variables {
  const made = new Map<string, Value>()
  return (name) => {
    const known = made.get(name)
    if (known !== undefined) return known
    const make = makers[name]
    const value = make ? make() : fail(`no such attribute: ${name}`)
    made.set(name, value)
    return value
  }
}

/** RFC 3339 in UTC, with as many decimals as there are: Go's `05.999Z07:00` (krakend-cel, newProxy). */
export const toTime = (ms: number): Value => new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z')

/** `path`: of the client's address at an endpoint, of the backend's own at a backend. */
export const requestVariables = (request: GatewayRequest, path: string): Makers => ({
  req_method: () => request.method,
  req_path: () => path,
  req_params: () => request.params,
  req_headers: () => headersOf(request.headers),
  req_querystring: () => request.query,
})

const headersOf = (headers: HeaderMap): Value => new Map([...headers].map(([name, value]) => [canonicalName(name), [value]]))

export const responseVariables = (answer: Answer): Makers => ({
  resp_completed: () => answer.complete,
  resp_metadata_status: () => BigInt(answer.status),
  resp_metadata_headers: () => valuesOf(answer.headers),
  resp_data: () => toValue(dataOf(answer.body) ?? {}, false),
})

function valuesOf(headers: Headers | null): Value {
  const map = new Map<string, string[]>()
  for (const [name, value] of headers ?? []) {
    const canonical = canonicalName(name)
    map.set(canonical, [...(map.get(canonical) ?? []), value])
  }
  return map
}

/** Numbers that an upstream sent are texts, as Go's json.Number is; those of tokens, scripts, static data and Lambda are doubles. What no filter looks into has no fields. */
export function toValue(data: unknown, doubles: boolean): Value {
  if (typeof data !== 'object' || data === null) return typeof data === 'number' && !doubles ? String(data) : (data as Value)
  if (Array.isArray(data)) return data.map((item) => toValue(item, doubles))
  if (isObject(data)) return new Map(Object.entries(data).map(([key, value]) => [key, toValue(value, doubles)]))
  const number = numberText(data)
  if (number === null) return Number.NaN
  return doubles || isDouble(data) ? Number(number) : number
}
