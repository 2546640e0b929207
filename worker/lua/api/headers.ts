/** Headers as scripts see them: of a request, of an answer and of what the client sent. */
import { decode } from '../bytes.ts'
import { raise, type State } from '../state.ts'
import { NONE, type Result } from '../value.ts'
import { type Arguments, textOf } from '../library/arguments.ts'
import { listOfTexts, tableOfData, textsOf } from './data.ts'
import { setMember } from '../../json/data.ts'
import type { JsonObject } from '../../types.ts'

export interface HeaderStore {
  /** Values of a name in lower case. */
  get(name: string): readonly string[]
  /** null removes. */
  set(name: string, values: readonly string[] | null): void
  names(): Iterable<string>
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Go's CanonicalMIMEHeaderKey. */
export const canonical = (name: string): string => (TOKEN.test(name) ? name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()) : name)

/** `exact`: names are read as they are spelled, as those of answers are. */
export function headers(state: State, store: HeaderStore, given: Arguments, exact: boolean): Result {
  if (given.length === 1) return tableOfData(all(state, store))
  const name = textOf(state, given, 2, 'headers')
  if (given.length === 2) return exact && canonical(name) !== name ? '' : state.host.fromField(store.get(name.toLowerCase())[0] ?? '')
  if (given.length === 3) set(state, store, name, given[2] === undefined ? null : [textOf(state, given, 3, 'headers')])
  return NONE
}

export function headerList(state: State, store: HeaderStore, given: Arguments): Result {
  if (given.length === 1) return raise(state, 'need arguments')
  const name = textOf(state, given, 2, 'headerList')
  if (given.length === 2) return listOfTexts(store.get(name.toLowerCase()).map(state.host.fromField))
  if (given.length === 3) set(state, store, name, textsOf(state, given[2]))
  return NONE
}

/** What HTTP can't send fails now: KrakenD fails when it sends. */
function set(state: State, store: HeaderStore, name: string, values: readonly string[] | null): void {
  if (!TOKEN.test(name) || values?.some((value) => /[\r\n\0]/.test(value))) {
    if (values) raise(state, `net/http: invalid header field ${values.some((value) => /[\r\n\0]/.test(value)) ? 'value for' : 'name'} ${JSON.stringify(name)}`)
    return
  }
  store.set(name.toLowerCase(), values && values.map(state.host.toField))
}

function all(state: State, store: HeaderStore): JsonObject {
  const data: JsonObject = {}
  for (const name of store.names()) setMember(data, canonical(name), store.get(name).map((value) => decode(state.host.fromField(value))))
  return data
}
