/** http_response: calls that scripts make. They wait for the answer as if nothing else could be done meanwhile. */
import { decode, fromBytes, toBytes } from '../bytes.ts'
import { raise, type State } from '../state.ts'
import { createModule, createUserdata, type Fn, isTable, NONE, type Result, type Value } from '../value.ts'
import { plainText } from '../operate.ts'
import { type Arguments, textOf, userdataOf } from '../library/arguments.ts'
import { LATE } from '../../errors.ts'
import { discard, readBody } from '../../backend/read.ts'
import { parseAddress } from '../../url.ts'
import type { Context, Handler, HeaderMap, UpstreamRequest } from '../../types.ts'
import { listOfTexts } from './data.ts'

export interface Caller {
  client: Handler<'client'>
  fetch: UpstreamRequest['fetch']
  ctx: Context
  userAgent: string
  maxBytes: number
  /** Answers whose bodies nobody has read. */
  unread: Set<Response>
}
/** Lets go of the answers that the scripts have not read. */
export function release({ unread }: Caller): void {
  for (const response of unread) discard(response)
  unread.clear()
}
/** What a state has for the API. */
export interface Subject {
  http?: Caller
}

interface Answered {
  response: Response | null
  body: string | null
}

const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const create: Fn = (state, ...given) => {
  if (given.length === 0 || given.length === 2) return raise(state, 'need 1, 3 or 4 arguments')
  const url = decode(textOf(state, given, 1, 'new'))
  const method = (given.length > 1 && textOf(state, given, 2, 'new')) || 'GET'
  const body = given.length === 1 ? null : toBytes(textOf(state, given, 3, 'new'))
  if (!METHOD.test(method)) return raise(state, `net/http: invalid method ${JSON.stringify(method)}`)
  const headers = given.length === 4 ? headersOf(state, given[3]) : new Map<string, string>()
  const { http } = state.subject as Subject
  if (!headers.has('user-agent')) headers.set('user-agent', http!.userAgent)
  return waitFor(state, { method, url: parseAddress(url) ?? '', headers, body: body?.length ? body : null, length: null, fetch: http!.fetch }, http!)
}

function headersOf(state: State, given: Value): HeaderMap {
  const headers: HeaderMap = new Map()
  if (!isTable(given)) return headers
  const add = (name: Value, value: Value): void => {
    if (typeof value === 'string') append(headers, plainText(name), state.host.toField(value))
    else if (isTable(value)) for (const item of [...value.list, ...(value.hash?.values() ?? [])]) if (item !== undefined) append(headers, plainText(name), state.host.toField(plainText(item)))
  }
  for (const [i, value] of given.list.entries()) if (value !== undefined) add(i + 1, value)
  for (const [name, value] of given.hash ?? []) add(name, value)
  for (const [name, value] of headers) if (!METHOD.test(name) || /[\r\n\0]/.test(value)) raise(state, `net/http: invalid header field ${JSON.stringify(name)}`)
  return headers
}
function append(headers: HeaderMap, name: string, value: string): void {
  const known = headers.get(name.toLowerCase())
  headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`)
}

function* waitFor(state: State, request: UpstreamRequest, caller: Caller): Generator<unknown, Result, unknown> {
  const outcome = (yield call(request, caller)) as Response | string
  if (typeof outcome === 'string') return raise(state, `${request.method[0]}${request.method.slice(1).toLowerCase()} ${JSON.stringify(request.url)}: ${outcome}`)
  caller.unread.add(outcome)
  return createUserdata({ response: outcome, body: null } satisfies Answered, HTTP)
}

/** A text: why there is no answer. */
async function call(request: UpstreamRequest, { client, ctx }: Caller): Promise<Response | string> {
  try {
    await ctx.slots?.take()
    return await ctx.deadline.race<Response | string>(client(request, ctx), LATE_TEXT)
  } catch (error) {
    return ctx.deadline.over() ? LATE_TEXT : reasonOf(error)
  } finally {
    ctx.slots?.free()
  }
}
const LATE_TEXT = LATE.errors[0]!.message
const reasonOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error))

/** Read once, when it is asked for; what can't be read is empty, as krakend-lua has it. */
function* readOnce(state: State, of: Answered): Generator<unknown, Result, unknown> {
  const { http } = state.subject as Subject
  const { response } = of
  if (of.body === null && response) {
    http!.unread.delete(response)
    const bytes = http!.ctx.deadline.race(readBody(response, http!.maxBytes).catch(() => new Uint8Array()), new Uint8Array())
    of.body = fromBytes((yield bytes) as Uint8Array)
  }
  return of.body ?? ''
}

function answered(state: State, given: Arguments, name: string): Answered {
  const { value } = userdataOf(state, given, 1, name)
  return typeof value === 'object' && value !== null && 'response' in value ? (value as Answered) : raise(state, 'response expected')
}
/** Closed answers can't be asked. */
function open(state: State, given: Arguments, name: string): Response {
  return answered(state, given, name).response ?? raise(state, 'runtime error: invalid memory address or nil pointer dereference', 0)
}
const named = (state: State, given: Arguments, name: string): string => (given.length === 2 ? textOf(state, given, 2, name) : raise(state, 'need arguments'))

export const HTTP = createModule({
  new: create,
  __index: createModule({
    statusCode: (state, ...given) => open(state, given, 'statusCode').status,
    headers(state, ...given) {
      const { headers } = open(state, given, 'headers')
      return state.host.fromField(valueOf(headers, named(state, given, 'headers'))[0] ?? '')
    },
    headerList(state, ...given) {
      const { headers } = open(state, given, 'headerList')
      return listOfTexts(valueOf(headers, named(state, given, 'headerList')).map(state.host.fromField))
    },
    body(state, ...given) {
      open(state, given, 'body')
      return readOnce(state, answered(state, given, 'body'))
    },
    close(state, ...given) {
      const of = answered(state, given, 'close')
      if (of.response && (state.subject as Subject).http?.unread.delete(of.response)) discard(of.response)
      of.response = null
      return NONE
    },
  }),
})

function valueOf(headers: Headers, name: string): readonly string[] {
  if (name.toLowerCase() === 'set-cookie') return headers.getSetCookie()
  const value = METHOD.test(name) ? headers.get(name) : null
  return value === null ? [] : [value]
}
