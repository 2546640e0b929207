/** Go's text/template: the functions that every template has. `and` and `or` are the executor's. */
import { byteLength, toBytes, toText } from './bytes.ts'
import { CallError } from './error.ts'
import { fn, type Functions, variadic } from './function.ts'
import { sprintf } from './printf.ts'
import { byBytes, isDict, isList, isTrue, print, typeOf, type Value } from './value.ts'

export const builtins: Functions = {
  and: variadic(['any'], 'any', (first) => first),
  or: variadic(['any'], 'any', (first) => first),
  not: fn(['any'], (value) => !isTrue(value)),
  len: fn(['any'], lengthOf),
  index: variadic(['any'], 'any', (item, ...indexes) => indexes.reduce(indexOne, item ?? refuse('index of untyped nil'))),
  slice: variadic(['any'], 'any', (item, ...indexes) => sliced(item, indexes)),
  call: variadic(['any'], 'any', (value) => refuse(value === null ? 'call of nil' : `non-function of type ${typeOf(value)}`)),
  print: variadic([], 'any', (...args) => sprint(args)),
  println: variadic([], 'any', (...args) => `${args.map(print).join(' ')}\n`),
  printf: variadic(['string'], 'any', (format, ...args) => sprintf(format, args)),
  html: variadic([], 'any', (...args) => shown(args).replace(/[\0"'&<>]/g, (char) => HTML[char]!)),
  js: variadic([], 'any', (...args) => escapeJs(shown(args))),
  urlquery: variadic([], 'any', (...args) => escapeQuery(shown(args))),
  eq: variadic(['any'], 'any', (first, ...others) => (others.length ? others.some((other) => isEqual(first, other)) : refuse('missing argument for comparison'))),
  ne: fn(['any', 'any'], (a, b) => !isEqual(a, b)),
  lt: fn(['any', 'any'], isLess),
  le: fn(['any', 'any'], (a, b) => isLess(a, b) || isEqual(a, b)),
  gt: fn(['any', 'any'], (a, b) => !isLess(a, b) && !isEqual(a, b)),
  ge: fn(['any', 'any'], (a, b) => !isLess(a, b)),
}

function refuse(message: string): never {
  throw new CallError(message)
}

/** fmt.Sprint: a space between two that are no texts. */
export const sprint = (args: readonly Value[]): string => args.map((value, i) => (i && typeof value !== 'string' && typeof args[i - 1] !== 'string' ? ` ${print(value)}` : print(value))).join('')

/** As an action shows them. */
const shown = (args: readonly Value[]): string => sprint(args.map((value) => value ?? '<no value>'))

function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt(byteLength(value))
  if (isList(value)) return BigInt(value.length)
  return isDict(value) ? BigInt(value.size) : refuse(value === null || value === undefined ? 'len of nil pointer' : `len of type ${typeOf(value)}`)
}

function indexOne(item: Value, index: Value): Value {
  if (isDict(item)) {
    if (typeof index === 'string') return item.get(index) ?? null
    return refuse(index === null ? 'value is nil; should be of type string' : `value has type ${typeOf(index)}; should be string`)
  }
  if (item === null || item === undefined) return refuse('index of nil pointer')
  if (!isList(item) && typeof item !== 'string') return refuse(`can't index item of type ${typeOf(item)}`)
  const bytes = typeof item === 'string' ? toBytes(item) : null
  const at = indexIn(index, (bytes ?? (item as readonly Value[])).length)
  // Go lets the one behind the end through to a panic.
  if (at === (bytes ?? (item as readonly Value[])).length) return refuse(`index out of range: ${at}`)
  return bytes ? BigInt(bytes[at]!) : (item as readonly Value[])[at]
}

function indexIn(index: Value, limit: number): number {
  if (typeof index !== 'bigint') return refuse(`cannot index slice/array with ${index === null || index === undefined ? 'nil' : `type ${typeOf(index)}`}`)
  return index < 0n || index > BigInt(limit) ? refuse(`index out of range: ${index}`) : Number(index)
}

function sliced(item: Value, indexes: readonly Value[]): Value {
  if (!isList(item) && typeof item !== 'string') return refuse(item === null ? 'slice of untyped nil' : `can't slice item of type ${typeOf(item)}`)
  if (indexes.length > (isList(item) ? 3 : 2)) return refuse(isList(item) || indexes.length > 3 ? `too many slice indexes: ${indexes.length}` : 'cannot 3-index slice a string')
  const whole = isList(item) ? item : toBytes(item)
  const [from = 0, to = whole.length] = indexes.map((index) => indexIn(index, whole.length))
  if (from > to) return refuse(`invalid slice index: ${from} > ${to}`)
  return whole instanceof Uint8Array ? toText(whole.subarray(from, to)) : whole.slice(from, to)
}

type Basic = 'boolean' | 'bigint' | 'number' | 'string'
const basicOf = (value: Value): Basic | null => (value === null || value === undefined || typeof value === 'object' ? null : (typeof value as Basic))

function isEqual(a: Value, b: Value): boolean {
  const kind = basicOf(a)
  if (kind !== basicOf(b)) return a === null || b === null ? false : refuse(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`)
  if (kind) return a === b
  if (a === null || b === null) return a === b
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  return refuse(`non-comparable type ${print(b)}: ${typeOf(b)}`)
}

function isLess(a: Value, b: Value): boolean {
  const kind = basicOf(a)
  if (!kind || !basicOf(b)) return refuse('invalid type for comparison')
  if (kind !== basicOf(b)) return refuse(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`)
  if (kind === 'boolean') return refuse('invalid type for comparison')
  return kind === 'string' ? byBytes(a as string, b as string) < 0 : (a as number) < (b as number)
}

const HTML: { readonly [char: string]: string } = { '\0': '�', '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;' }

const escapeJs = (text: string): string =>
  text.replace(/[\\'"<>&=]|[\x00-\x1f]|[\p{C}\p{Zl}\p{Zp}]/gu, (char) => {
    if (/[\\'"]/.test(char)) return `\\${char}`
    const code = char.codePointAt(0)!
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })

/** url.QueryEscape. */
export const escapeQuery = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%20', '+')
