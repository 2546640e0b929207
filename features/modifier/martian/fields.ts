/**
 * A modifier's fields, read as Go's encoding/json reads them into a struct: names in any letter case, unknown ones ignored, null as
 * absent, types exact. What does not fit turns the whole tree off (transform/RULES.md §1).
 */
import type { Path } from '../../../compiler/diagnostics.ts'

/** Martian does not take the tree: why, and where. */
export class OffError extends Error {
  override name = 'OffError'
  readonly at: Path
  readonly suggestion: string | undefined
  constructor(at: Path, message: string, suggestion?: string) {
    super(message)
    this.at = at
    this.suggestion = suggestion
  }
}

export interface Fields {
  at: Path
  text(name: string): string
  whole(name: string): number
  flag(name: string): boolean
  texts(name: string): readonly string[] | null
  /** Names → texts. */
  map(name: string): { readonly [name: string]: string }
  list(name: string): readonly Nested[]
  /** Of a value that stands there, null included; undefined: it is missing. */
  nested(name: string): Nested | undefined
  /** Standard base64, written without line breaks. */
  base64(name: string): string
  /** RFC 3339; null: none. */
  time(name: string): Date | null
}
export interface Nested {
  value: unknown
  at: Path
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 60)

export function readFields(raw: unknown, at: Path): Fields {
  if (raw !== null && !isObject(raw)) throw new OffError(at, `expected an object, found ${shown(raw)}`)
  // KrakenD hands the block on with its keys sorted: of names that differ in case only, the last one counts.
  const keys = Object.keys(raw ?? {}).toSorted()
  const keyOf = (name: string): string | undefined => keys.findLast((key) => key.toLowerCase() === name.toLowerCase())
  const take = <T>(name: string, absent: T, kind: string, read: (value: unknown, at: Path) => T | undefined): T => {
    const key = keyOf(name)
    const value = key === undefined ? null : (raw as { [key: string]: unknown })[key]
    if (value === null) return absent
    const taken = read(value, [...at, key!])
    if (taken === undefined) throw new OffError([...at, key!], `expected ${kind}, found ${shown(value)}`)
    return taken
  }
  return {
    at,
    text: (name) => take(name, '', 'a text', asText),
    whole: (name) => take(name, 0, 'a whole number', (value) => (Number.isSafeInteger(value) ? (value as number) : undefined)),
    flag: (name) => take(name, false, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined)),
    texts: (name) => take<readonly string[] | null>(name, null, 'a list of texts', (value) => (Array.isArray(value) && value.every((item) => item === null || typeof item === 'string') ? value.map((item: string | null) => item ?? '') : undefined)),
    map: (name) => take(name, {}, 'an object of texts', (value) => (isObject(value) && Object.values(value).every((item) => typeof item === 'string') ? (value as { [name: string]: string }) : undefined)),
    list: (name) => take<readonly Nested[]>(name, [], 'a list', (value, where) => (Array.isArray(value) ? value.map((item: unknown, i) => ({ value: item, at: [...where, i] })) : undefined)),
    nested(name) {
      const key = keyOf(name)
      return key === undefined ? undefined : { value: (raw as { [key: string]: unknown })[key], at: [...at, key] }
    },
    base64: (name) => take(name, '', 'standard base64', (value) => asBase64(value)),
    time: (name) => take<Date | null>(name, null, 'a time such as "2031-02-03T04:05:06Z"', asTime),
  }
}

export const isObject = (value: unknown): value is { [key: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value)

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function asBase64(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.replaceAll(/[\r\n]/g, '')
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) ? text : undefined
}

function asTime(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) return undefined
  const day = value.slice(0, 10)
  // February has no 30th, which JavaScript takes for the second of March.
  if (new Date(`${day}T00:00:00Z`).getUTCDate() !== Number(day.slice(8))) return undefined
  const time = new Date(value)
  return Number.isNaN(time.getTime()) ? undefined : time
}
