/** `response`: the answer that a proxy or a backend gave (transform/RULES.md §2). */
import { fromBytes, toBytes } from '../bytes.ts'
import { toInteger } from '../number.ts'
import { raise, type State } from '../state.ts'
import { createModule, createUserdata, type Fn, NONE } from '../value.ts'
import { type Arguments, booleanOf, numberOf, textOf, userdataOf } from '../library/arguments.ts'
import { dataOf } from '../../json/data.ts'
import type { Answer, Body, JsonObject } from '../../types.ts'
import { hasUnwritable, tableOfData } from './data.ts'
import { type HeaderStore, headerList, headers } from './headers.ts'

export interface ScriptedResponse {
  answer: Answer
  status: number
  complete: boolean
  /** Asked for, and so perhaps changed. */
  data: JsonObject | null
  /** A no-op answer's body, read before the script runs; or what the script sets. null: it is passed on unread. */
  raw: string | null
  rawChanged: boolean
  changedHeaders: Headers | null
  headers: HeaderStore
}

/** `raw`: the bytes of a no-op answer, if the script may ask for them. */
export function scriptResponse(answer: Answer, raw: Uint8Array | null): ScriptedResponse {
  const scripted: ScriptedResponse = {
    answer, status: answer.status, complete: answer.complete, data: null, changedHeaders: null,
    raw: raw && fromBytes(raw), rawChanged: raw !== null,
    headers: {
      get: (name) => valuesOf(scripted.changedHeaders ?? answer.headers, name),
      set(name, values) {
        const changed = (scripted.changedHeaders ??= new Headers(answer.headers ?? []))
        changed.delete(name)
        for (const value of values ?? []) changed.append(name, value)
      },
      names: () => new Set((scripted.changedHeaders ?? answer.headers ?? new Headers()).keys()),
    },
  }
  return scripted
}

function valuesOf(from: Headers | null, name: string): readonly string[] {
  if (name === 'set-cookie') return from?.getSetCookie() ?? []
  const value = from?.get(name) ?? null
  return value === null ? [] : [value]
}

/** The answer as the script leaves it. */
export function answerOf(response: ScriptedResponse): Answer {
  const { answer, status, complete } = response
  if (response.rawChanged) return rawAnswer(response)
  const changed = status !== answer.status || complete !== answer.complete || response.changedHeaders || response.data
  return changed ? { status, complete, headers: response.changedHeaders ?? answer.headers, body: bodyOf(response) } : answer
}

function bodyOf({ answer, data }: ScriptedResponse): Body {
  if (!data) return answer.body
  return answer.body.kind === 'raw' ? { ...answer.body, data } : { kind: 'data', value: writable(data) }
}

const writable = (data: JsonObject): JsonObject => (hasUnwritable(data) ? unwritable(data) : data)

/** Go writes nothing at all of an answer with NaN in it: JSON of this is no text. */
const unwritable = (data: JsonObject): JsonObject => Object.defineProperty({ ...data }, 'toJSON', { value: () => undefined })

const NO_BODY = new Set([204, 205, 304])

/** What an earlier script has added to a no-op answer is the only data that it has. */
const dataBefore = ({ body }: Answer): JsonObject | null => (body.kind === 'raw' ? (body.data ?? null) : dataOf(body))

/** The length and the packing of the upstream's body are not those of the new one. */
function rawAnswer({ answer, status, complete, raw, data: changed, changedHeaders }: ScriptedResponse): Answer {
  const data = changed ?? dataBefore(answer)
  const kept = new Headers(changedHeaders ?? answer.headers ?? [])
  kept.delete('content-length')
  kept.delete('content-encoding')
  // 0 is none; what no Response can have is a fault of the script.
  const known = status <= 0 ? 200 : status >= 200 && status < 600 ? status : 500
  const response = new Response(NO_BODY.has(known) ? null : toBytes(raw ?? ''), { status: known })
  const body: Body = answer.body.kind === 'raw' || !data || !Object.keys(data).length ? { kind: 'raw', response, ...(data && { data }) } : { kind: 'data', value: writable(data), raw: response }
  return { status: known, complete, headers: kept, body }
}

function responseOf(state: State, given: Arguments, name: string): ScriptedResponse {
  const { value } = userdataOf(state, given, 1, name)
  return typeof value === 'object' && value !== null && 'answer' in value ? (value as ScriptedResponse) : raise(state, 'response expected')
}

const isComplete: Fn = (state, ...given) => {
  const response = responseOf(state, given, 'isComplete')
  if (given.length === 1) return response.complete
  response.complete = booleanOf(state, given, 2, 'isComplete')
  return NONE
}

const statusCode: Fn = (state, ...given) => {
  const response = responseOf(state, given, 'statusCode')
  if (given.length === 1) return response.status
  response.status = toInteger(numberOf(state, given, 2, 'statusCode'))
  return NONE
}

const data: Fn = (state, ...given) => {
  const response = responseOf(state, given, 'data')
  return tableOfData((response.data ??= dataBefore(response.answer) ?? {}))
}

const body: Fn = (state, ...given) => {
  const response = responseOf(state, given, 'body')
  if (given.length !== 2) return response.raw ?? ''
  response.raw = textOf(state, given, 2, 'body')
  response.rawChanged = true
  return NONE
}

/** What a state has for the API. */
export interface Subject {
  response?: ScriptedResponse
}

export const RESPONSE = createModule({
  load: (state) => createUserdata((state.subject as Subject).response, RESPONSE),
  __index: createModule({
    isComplete,
    statusCode,
    data,
    headers: (state, ...given) => headers(state, responseOf(state, given, 'headers').headers, given, true),
    headerList: (state, ...given) => headerList(state, responseOf(state, given, 'headerList').headers, given),
    body,
  }),
})
