/** `request`: the request of a proxy or a backend (transform/RULES.md §2). Changes are kept apart until the script is done. */
import { decode, encode, fromBytes, toBytes } from '../bytes.ts'
import { raise, type State } from '../state.ts'
import { createModule, createUserdata, type Fn, NONE, type Result } from '../value.ts'
import { type Arguments, textOf, userdataOf } from '../library/arguments.ts'
import { encodeQuery, parseAddress, parseQuery } from '../../url.ts'
import type { GatewayRequest } from '../../types.ts'
import { tableOfData } from './data.ts'
import { type HeaderStore, headerList, headers } from './headers.ts'

export interface ScriptedRequest {
  /** As it is now; fields are replaced, never changed. */
  now: GatewayRequest
  /** method and path of the client, which a backend replaces: a proxy's script sees them. */
  method: string
  path: string
  headers: HeaderStore
}

export function scriptRequest(request: GatewayRequest, path: string): ScriptedRequest {
  const scripted: ScriptedRequest = { now: request, method: request.method, path: encode(path), headers: { get: () => [], set: () => undefined, names: () => [] } }
  // Several values stand joined in the map; a list that a script sets stays one for the script.
  const lists = new Map<string, readonly string[]>()
  scripted.headers = {
    get(name) {
      const value = scripted.now.headers.get(name)
      return lists.get(name) ?? (value === undefined ? [] : [value])
    },
    set(name, values) {
      const changed = new Map(scripted.now.headers)
      if (values?.length) changed.set(name, values.join(', '))
      else changed.delete(name)
      if (values && values.length > 1) lists.set(name, values)
      else lists.delete(name)
      scripted.now = { ...scripted.now, headers: changed }
    },
    names: () => scripted.now.headers.keys(),
  }
  return scripted
}

function requestOf(state: State, given: Arguments, name: string): ScriptedRequest {
  const { value } = userdataOf(state, given, 1, name)
  return typeof value === 'object' && value !== null && 'now' in value ? (value as ScriptedRequest) : raise(state, 'request expected')
}

const method: Fn = (state, ...given) => {
  const request = requestOf(state, given, 'method')
  if (given.length === 1) return request.method
  request.method = textOf(state, given, 2, 'method')
  request.now = { ...request.now, method: request.method }
  return NONE
}

const path: Fn = (state, ...given) => {
  const request = requestOf(state, given, 'path')
  if (given.length === 1) return request.path
  request.path = textOf(state, given, 2, 'path')
  return NONE
}

const query: Fn = (state, ...given) => {
  const request = requestOf(state, given, 'query')
  if (given.length === 1) return encodeQuery(request.now.query)
  request.now = { ...request.now, query: parseQuery(decode(textOf(state, given, 2, 'query'))) }
  return NONE
}

const url: Fn = (state, ...given) => {
  const request = requestOf(state, given, 'url')
  if (given.length === 1) return encode(request.now.url)
  request.now = { ...request.now, url: parseAddress(decode(textOf(state, given, 2, 'url'))) ?? '' }
  return NONE
}

const params = (state: State, ...given: Arguments): Result => {
  const request = requestOf(state, given, 'params')
  if (given.length === 1) return tableOfData(Object.fromEntries(request.now.params))
  const name = decode(textOf(state, given, 2, 'params'))
  if (given.length === 2) return encode(request.now.params.get(name) ?? '')
  if (given.length === 3) request.now = { ...request.now, params: new Map(request.now.params).set(name, decode(textOf(state, given, 3, 'params'))) }
  return NONE
}

const body: Fn = (state, ...given) => {
  const request = requestOf(state, given, 'body')
  if (given.length === 2) {
    request.now = { ...request.now, body: toBytes(textOf(state, given, 2, 'body')) }
    return NONE
  }
  return request.now.body instanceof Uint8Array ? fromBytes(request.now.body) : ''
}

/** What a state has for the API. */
export interface Subject {
  request?: ScriptedRequest
}

export const REQUEST = createModule({
  load: (state) => createUserdata((state.subject as Subject).request, REQUEST),
  __index: createModule({
    method,
    path,
    query,
    url,
    params,
    headers: (state, ...given) => headers(state, requestOf(state, given, 'headers').headers, given, false),
    headerList: (state, ...given) => headerList(state, requestOf(state, given, 'headerList').headers, given),
    body,
  }),
})
