/** `ctx`: what the client sent, before the endpoint's filters (transform/RULES.md §2). Changes count as if the client had sent them. */
import { decode, encode, fromBytes, toBytes } from '../bytes.ts'
import { raise, type State } from '../state.ts'
import { createModule, createUserdata, type Fn, NONE, type Result } from '../value.ts'
import { type Arguments, textOf, userdataOf } from '../library/arguments.ts'
import { encodeQuery, parseQuery, unescape } from '../../url.ts'
import type { Incoming, Query } from '../../types.ts'
import { tableOfData } from './data.ts'
import { type HeaderStore, headerList, headers } from './headers.ts'

export interface ScriptedContext {
  incoming: Incoming
  /** Path and query as sent, or as the script has it. */
  url: string
  /** Parameters by the configuration's names. */
  names: ReadonlyMap<string, string>
  headers: HeaderStore
  /** The body, if the script may ask for it. */
  body: Uint8Array<ArrayBuffer> | null
}

/** Names that Go takes out of a request's headers. */
const NOT_HEADERS = new Set(['host', 'transfer-encoding'])

/** gin reads the query once: what a script reads stays as it was first read, in later scripts too. */
const firstQueries = new WeakMap<Incoming, Query>()

export function scriptContext(incoming: Incoming, body: Uint8Array<ArrayBuffer> | null): ScriptedContext {
  const { url } = incoming.raw
  const names = new Map([...(incoming.route ?? '').matchAll(/[:*]([^/]+)/g)].map(([, name]) => [name!, titled(name!)]))
  const lists = new Map<string, readonly string[]>()
  let own = false
  const store: HeaderStore = {
    get(name) {
      const value = NOT_HEADERS.has(name) ? null : incoming.headers.get(name)
      return lists.get(name) ?? (value === null ? [] : [value])
    },
    set(name, values) {
      // The client's headers can't be changed: they are copied at the first change.
      if (!own) incoming.headers = new Headers(incoming.headers)
      own = true
      lists.delete(name)
      if (values && values.length > 1) lists.set(name, values)
      if (values?.length) incoming.headers.set(name, values.join(', '))
      else incoming.headers.delete(name)
    },
    names: () => [...incoming.headers.keys()].filter((name) => !NOT_HEADERS.has(name)),
  }
  return { incoming, url: url.slice(url.indexOf('/', url.indexOf('://') + 3)), names, headers: store, body }
}

const titled = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)

function contextOf(state: State, given: Arguments, name: string): ScriptedContext {
  const { value } = userdataOf(state, given, 1, name)
  return typeof value === 'object' && value !== null && 'incoming' in value ? (value as ScriptedContext) : raise(state, 'ginContext expected')
}

const method: Fn = (state, ...given) => {
  const { incoming } = contextOf(state, given, 'method')
  if (given.length === 1) return incoming.method
  incoming.method = textOf(state, given, 2, 'method')
  return NONE
}

/** Where an address may lead has no effect: hosts are the backends' own. */
const AUTHORITY = /^(?:[a-z][a-z\d+.-]*:)?\/\/[^/]*/i

const url: Fn = (state, ...given) => {
  const context = contextOf(state, given, 'url')
  if (given.length === 1) return encode(context.url)
  const text = decode(textOf(state, given, 2, 'url')).replace(/#.*$/s, '')
  const mark = text.indexOf('?')
  const path = unescape((mark < 0 ? text : text.slice(0, mark)).replace(AUTHORITY, ''))
  if (path === null) return raise(state, `parse ${JSON.stringify(text)}: invalid URL escape`)
  context.url = text
  context.incoming.path = path
  context.incoming.search = mark < 0 ? '' : text.slice(mark + 1)
  return NONE
}

const host: Fn = (state, ...given) => {
  const { incoming } = contextOf(state, given, 'host')
  if (given.length === 1) return incoming.headers.get('host') ?? ''
  incoming.headers = new Headers(incoming.headers)
  incoming.headers.set('host', textOf(state, given, 2, 'host'))
  return NONE
}

const query: Fn = (state, ...given) => {
  const context = contextOf(state, given, 'query')
  if (given.length === 1) return raise(state, 'need arguments')
  const { incoming } = context
  const name = decode(textOf(state, given, 2, 'query'))
  if (given.length === 2) {
    const first = firstQueries.get(incoming) ?? parseQuery(incoming.search)
    firstQueries.set(incoming, first)
    return encode(first.get(name)?.[0] ?? '')
  }
  const changed = new Map(parseQuery(incoming.search)).set(name, [decode(textOf(state, given, 3, 'query'))])
  incoming.search = encodeQuery(changed)
  context.url = `${context.url.replace(/\?.*$/s, '')}?${incoming.search}`
  return NONE
}

const params = (state: State, ...given: Arguments): Result => {
  const context = contextOf(state, given, 'params')
  const { incoming, names } = context
  if (given.length === 1) return tableOfData(Object.fromEntries([...names].map(([name, key]) => [name, incoming.params.get(key) ?? ''])))
  const name = decode(textOf(state, given, 2, 'params'))
  const key = names.get(name)
  if (given.length === 2) return encode((key !== undefined && incoming.params.get(key)) || '')
  const value = decode(textOf(state, given, 3, 'params'))
  context.names = new Map(names).set(name, titled(name))
  incoming.params = new Map(incoming.params).set(titled(name), value)
  return NONE
}

const body: Fn = (state, ...given) => {
  const context = contextOf(state, given, 'body')
  if (given.length !== 2) return context.body ? fromBytes(context.body) : ''
  context.body = toBytes(textOf(state, given, 2, 'body'))
  return NONE
}

/** What a state has for the API. */
export interface Subject {
  ctx?: ScriptedContext
}

export const CONTEXT = createModule({
  load: (state) => createUserdata((state.subject as Subject).ctx, CONTEXT),
  __index: createModule({
    method,
    url,
    host,
    query,
    params,
    headers: (state, ...given) => headers(state, contextOf(state, given, 'headers').headers, given, false),
    headerList: (state, ...given) => headerList(state, contextOf(state, given, 'headerList').headers, given),
    body,
  }),
})
