/**
 * zod for types as KrakenD reads them (transform/RULES.md §6): numbers, texts and booleans turn into each other where they
 * can, one value stands for a list of one, null is missing. What can't be turned is refused, with what was expected.
 */
import { z } from 'zod'
import { parseDuration } from '../../worker/template/duration.ts'
import { parseInt0 } from '../../worker/template/number.ts'
import { show } from '../diagnostics.ts'
import { record } from './record.ts'

export { parseDuration }

/**
 * `null` is missing; everything else is `read`, which gives back what it cannot read. `Written` is what authors are offered
 * (define.ts), out of all that can be read.
 */
function loose<T, Written>(read: (value: unknown) => unknown, inner: z.ZodType<T>): z.ZodType<T, Written | undefined> {
  return z.preprocess((value) => (value === null ? undefined : read(value)), inner) as unknown as z.ZodType<T, Written | undefined>
}

const expected = (what: string) => (issue: { input?: unknown }): string => `expected ${what}, found ${show(issue.input)}`

export const text = (what = 'a text') => loose<string | undefined, string>(toText, z.string({ error: expected(what) }).optional())
export const integer = (what = 'a whole number') => loose<number | undefined, number>(toInteger, z.int({ error: expected(what) }).optional())
export const flag = () => loose<boolean | undefined, boolean>(toFlag, z.boolean({ error: expected('true or false') }).optional())
export const anything = () => loose<unknown, unknown>((value) => value, z.unknown())

/** A duration in milliseconds. */
export const duration = () =>
  loose<number | undefined, string>(toDuration, z.number({ error: expected('a duration such as "2s", "500ms" or "1h30m"') }).optional())

export const listOf = <T, W>(item: z.ZodType<T, W>, what = 'a list') =>
  loose<T[] | undefined, readonly NonNullable<W>[]>(toList, z.array(item, { error: expected(what) }).optional())

export const recordOf = <T, W>(item: z.ZodType<T, W>) =>
  loose<{ [key: string]: T } | undefined, { readonly [key: string]: W }>(toRecord, record(item).optional())

/** An object with these keys, in any letter case. Other keys are findings of their own (schema/unknown-keys.ts). */
export function keys<S extends z.ZodRawShape>(shape: S): z.ZodType<z.output<z.ZodObject<S>>, { readonly [K in keyof S]?: z.input<S[K]> }> {
  const names = new Map(Object.keys(shape).map((key) => [key.toLowerCase(), key]))
  const fold = (value: unknown): unknown => {
    if (!isObject(value)) return value
    const folded: { [key: string]: unknown } = {}
    for (const [key, item] of Object.entries(value)) {
      const name = names.get(key.toLowerCase())
      if (name && (name === key || !Object.hasOwn(value, name))) folded[name] = item
    }
    return folded
  }
  return z.preprocess(fold, z.object(shape, { error: expected('an object') })) as unknown as z.ZodType<z.output<z.ZodObject<S>>, { readonly [K in keyof S]?: z.input<S[K]> }>
}

/** An object with these keys that may be missing. */
export const block = <S extends z.ZodRawShape>(shape: S) => loose<z.output<z.ZodObject<S>> | undefined, { readonly [K in keyof S]?: z.input<S[K]> }>((value) => value, keys(shape).optional())

const isObject = (value: unknown): value is { [key: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A list of objects is one object, as mapstructure puts them together; so an empty one is empty. */
const toRecord = (value: unknown): unknown => (Array.isArray(value) && value.every(isObject) ? Object.fromEntries(value.flatMap(Object.entries)) : value)

/** A number counts nanoseconds. */
function toDuration(value: unknown): unknown {
  if (typeof value === 'string') return parseDuration(value) ?? value
  if (typeof value === 'boolean') return value ? 1e-6 : 0
  return typeof value === 'number' ? Math.trunc(value) / 1e6 : value
}

function toText(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value).toString() : String(value)
  return typeof value === 'boolean' ? (value ? '1' : '0') : value
}

function toInteger(value: unknown): unknown {
  if (typeof value === 'number') return Math.trunc(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === '') return 0
  const whole = typeof value === 'string' ? parseInt0(value) : null
  return whole === null ? value : Number(whole)
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False', ''])

function toFlag(value: unknown): unknown {
  if (typeof value === 'number') return value !== 0
  if (typeof value !== 'string') return value
  return TRUE.has(value) ? true : FALSE.has(value) ? false : value
}

function toList(value: unknown): unknown {
  if (value === undefined || Array.isArray(value)) return value
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? [] : [value]
}
