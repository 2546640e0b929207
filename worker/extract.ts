/** Fields of a request's JSON become headers or query strings (KrakenD Enterprise, request-body-extractor). What is no JSON stays as it is. */
import { NOT_IN_HEADERS } from './header-value.ts'
import { toFailure } from './errors.ts'
import { isObject, member, numberText, parseData } from './json/data.ts'
import { type BodyLimits, readRequestBody } from './request-body.ts'
import type { Incoming, Made, Serve } from './types.ts'
import { parseQuery } from './url.ts'
import { lenient } from './utf8.ts'

export interface ExtractOptions {
  operations: readonly Operation[]
  body: BodyLimits
}
export interface Operation {
  to: 'header' | 'query_string'
  target: string
  /** Members within members, or the name of what searches. */
  from: readonly string[] | string
  onConflict: 'skip' | 'replace' | 'append'
}
/** What the compiler emits for JMESPath. */
type CreateSearch = () => (data: unknown) => unknown

type Take = (data: unknown, incoming: Incoming) => void

export function createExtract({ operations, body: limits }: ExtractOptions, made: Made): (next: Serve) => Serve {
  const takes = operations.map((operation) => createTake(operation, made))
  return (next) => async (incoming, ctx) => {
    const { raw } = incoming
    if (!raw.body || raw.method === 'GET' || raw.method === 'HEAD') return next(incoming, ctx)
    let body: Uint8Array<ArrayBuffer>
    try {
      body = await readRequestBody(raw, limits)
    } catch (error) {
      return new Response(null, { status: toFailure(error).status ?? 400 })
    }
    incoming.raw = new Request(raw.url, { method: raw.method, headers: raw.headers, body: body.length ? body : null })
    const data = parse(lenient.decode(body))
    if (data !== undefined) for (const take of takes) take(data, incoming)
    return next(incoming, ctx)
  }
}

function parse(text: string): unknown {
  try {
    return parseData(text)
  } catch {
    return undefined
  }
}

function createTake({ to, target, from, onConflict }: Operation, made: Made): Take {
  const find = typeof from === 'string' ? (made.code(from) as CreateSearch)() : (data: unknown) => from.reduce((inner, key) => (isObject(inner) ? member(inner, key) : undefined), data)
  const write = to === 'header' ? writeHeader(target, onConflict, made) : writeQuery(target, onConflict)
  return (data, incoming) => {
    let text: string | null
    try {
      text = textOf(find(data))
    } catch {
      // A function of JMESPath was given what it can't take.
      return
    }
    if (text !== null) write(text, incoming)
  }
}

/** null: there is nothing that could be written. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  return numberText(value) ?? JSON.stringify(value)
}

type Write = (text: string, incoming: Incoming) => void

const writeHeader = (name: string, onConflict: Operation['onConflict'], { platform }: Made): Write => (text, incoming) => {
  // No header can hold them; a line's end would begin another header.
  if (NOT_IN_HEADERS.test(text)) return
  if (onConflict === 'skip' && incoming.headers.has(name)) return
  const headers = new Headers(incoming.headers)
  headers[onConflict === 'append' ? 'append' : 'set'](name, platform.toField(text))
  incoming.headers = headers
}

const writeQuery = (name: string, onConflict: Operation['onConflict']): Write => (text, incoming) => {
  const pairs = incoming.search ? incoming.search.split('&') : []
  const isOwn = (pair: string): boolean => parseQuery(pair).has(name)
  if (onConflict === 'skip' && pairs.some(isOwn)) return
  const kept = onConflict === 'replace' ? pairs.filter((pair) => !isOwn(pair)) : pairs
  incoming.search = [...kept, `${encodeURIComponent(name)}=${encodeURIComponent(text.toWellFormed())}`].join('&')
}
