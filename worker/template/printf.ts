/** Go's fmt.Sprintf. */
import { toBytes } from './bytes.ts'
import { formatFloat } from './float.ts'
import { isDict, isList, isStruct, print, sortedKeys, typeOf, type Value } from './value.ts'

interface Flags {
  plus: boolean
  minus: boolean
  sharp: boolean
  space: boolean
  zero: boolean
  width: number | null
  precision: number | null
}

const DIRECTIVE = /%([-+# 0]*)(?:\[(\d+)\])?(\*|\d+)?(?:\.(?:\[(\d+)\])?(\*|\d+)?)?(?:\[(\d+)\])?([^]?)/gu
/** A width that would be no text but an attack on the memory. */
const MAX_WIDTH = 1_000_000

export function sprintf(format: string, args: readonly Value[]): string {
  let next = 0
  let reordered = false
  const at = (index: string | undefined): void => {
    if (index === undefined) return
    next = Number(index) - 1
    reordered = true
  }
  const text = format.replace(DIRECTIVE, (directive, signs: string, first: string | undefined, width: string | undefined, second: string | undefined, precision: string | undefined, third: string | undefined, verb: string) => {
    if (verb === '') return '%!(NOVERB)'
    at(first)
    const starWidth = width === '*' ? starOf(args[next++]) : undefined
    at(second)
    const starPrecision = precision === '*' ? starOf(args[next++]) : undefined
    at(third)
    if (verb === '%') return '%'
    const flags: Flags = {
      plus: signs.includes('+'), sharp: signs.includes('#'), space: signs.includes(' '),
      minus: signs.includes('-') || (starWidth ?? 0) < 0,
      zero: signs.includes('0') && !signs.includes('-'),
      width: starWidth === undefined ? (width === undefined ? null : Math.min(Number(width), MAX_WIDTH)) : Math.min(Math.abs(starWidth ?? 0), MAX_WIDTH),
      precision: starPrecision === undefined ? (hasPrecision(directive) ? Math.min(Number(precision ?? 0), MAX_WIDTH) : null) : starPrecision !== null && starPrecision >= 0 ? Math.min(starPrecision, MAX_WIDTH) : null,
    }
    const bad = (starWidth === null ? '%!(BADWIDTH)' : '') + (starPrecision === null ? '%!(BADPREC)' : '')
    if (next < 0 || (next >= args.length && [first, second, third].some((index) => index !== undefined))) return `${bad}%!${verb}(BADINDEX)`
    if (next >= args.length) return `${bad}%!${verb}(MISSING)`
    return bad + formatOne(args[next++], verb, flags)
  })
  if (reordered || next >= args.length) return text
  return `${text}%!(EXTRA ${args.slice(next).map((value) => (value === null || value === undefined ? '<nil>' : `${typeOf(value)}=${print(value)}`)).join(', ')})`
}

const hasPrecision = (directive: string): boolean => directive.includes('.')
/** null: it is no int. */
const starOf = (value: Value): number | null => (typeof value === 'bigint' ? Number(value) : null)

function formatOne(value: Value, verb: string, flags: Flags): string {
  if (verb === 'T') return pad(typeOf(value), flags)
  if (value === undefined || value === null) return verb === 'v' ? pad('<nil>', flags) : `%!${verb}(<nil>)`
  if (isList(value)) return verb === 'v' && flags.sharp ? goSyntax(value) : `[${value.map((item) => inside(item, verb, flags)).join(' ')}]`
  if (isDict(value)) return verb === 'v' && flags.sharp ? goSyntax(value) : `map[${sortedKeys(value).map((key) => `${formatOne(key, verb, flags)}:${inside(value.get(key), verb, flags)}`).join(' ')}]`
  if (value instanceof Date) return formatOne(print(value), verb === 'v' ? 's' : verb, flags)
  if (isStruct(value)) return value.text ?? `{${[...value.fields.values()].map((item) => formatOne(item, verb, flags)).join(' ')}}`
  if (verb === 'v' && flags.sharp) return pad(goSyntax(value), flags)
  const formatted = typeof value === 'string' ? ofText(value, verb, flags) : typeof value === 'number' ? ofFloat(value, verb, flags) : typeof value === 'bigint' ? ofInt(value, verb, flags) : ofBool(value, verb, flags)
  return formatted ?? `%!${verb}(${typeOf(value)}=${formatOne(value, 'v', flags)})`
}

/** Nothing in a list or map is told as such, whatever the verb. */
const inside = (value: Value, verb: string, flags: Flags): string => (value === null || value === undefined ? '<nil>' : formatOne(value, verb, flags))

function goSyntax(value: Value): string {
  if (value === undefined || value === null) return 'interface {}(nil)'
  if (typeof value === 'string') return quote(value)
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (isDict(value)) return `map[string]interface {}{${sortedKeys(value).map((key) => `${quote(key)}:${goSyntax(value.get(key))}`).join(', ')}}`
  return print(value)
}

function pad(text: string, { width, minus, zero }: Pick<Flags, 'width' | 'minus' | 'zero'>): string {
  const missing = (width ?? 0) - Array.from(text).length
  if (missing <= 0) return text
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text
}

const ofBool = (value: boolean, verb: string, flags: Flags): string | null => (verb === 't' || verb === 'v' ? pad(String(value), flags) : null)

function ofText(value: string, verb: string, flags: Flags): string | null {
  const cut = flags.precision === null ? value : Array.from(value).slice(0, flags.precision).join('')
  switch (verb) {
    case 'v':
    case 's':
      return pad(cut, flags)
    case 'q':
      return pad(flags.sharp && !/[`\x00-\x08\x0a-\x1f\x7f]/.test(cut) ? `\`${cut}\`` : quote(cut, flags.plus), flags)
    case 'x':
    case 'X':
      return pad(hexOf(value, verb, flags), flags)
    default:
      return null
  }
}

function hexOf(value: string, verb: 'x' | 'X', { precision, space, sharp }: Flags): string {
  const bytes = toBytes(value).subarray(0, precision ?? undefined)
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'))
  const text = space ? digits.map((pair) => (sharp ? `0x${pair}` : pair)).join(' ') : (sharp && digits.length ? '0x' : '') + digits.join('')
  return verb === 'X' ? text.toUpperCase() : text
}

const BASES: { readonly [verb: string]: number } = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }
const PREFIXES: { readonly [verb: string]: string } = { b: '0b', o: '0', x: '0x', X: '0X' }

function ofInt(value: bigint, verb: string, flags: Flags): string | null {
  if (verb === 'c') return pad(charOf(value), flags)
  if (verb === 'q') return pad(quoteChar(charOf(value), flags.plus), flags)
  if (verb === 'U') return pad(unicodeOf(value, flags), { ...flags, zero: false })
  const base = BASES[verb]
  if (base === undefined) return null
  const digits = (value < 0n ? -value : value).toString(base)
  const prefix = verb === 'O' ? '0o' : flags.sharp && verb !== 'd' && verb !== 'v' ? PREFIXES[verb]! : ''
  if (flags.precision === 0 && value === 0n) return pad('', { ...flags, zero: false })
  const sign = value < 0n ? '-' : flags.plus ? '+' : flags.space ? ' ' : ''
  const least = flags.precision ?? (flags.zero && !flags.minus && flags.width !== null ? flags.width - sign.length : 0)
  const filled = prefix === '0' && digits.padStart(least, '0').startsWith('0') ? digits.padStart(least, '0') : prefix + digits.padStart(least, '0')
  return pad(sign + (verb === 'X' ? filled.toUpperCase() : filled), { ...flags, zero: false })
}

const charOf = (code: bigint): string => (code >= 0n && code <= 0x10ffffn && !(code >= 0xd800n && code <= 0xdfffn) ? String.fromCodePoint(Number(code)) : '�')

function unicodeOf(value: bigint, { sharp, precision }: Flags): string {
  const code = `U+${BigInt.asUintN(64, value).toString(16).toUpperCase().padStart(Math.max(4, precision ?? 4), '0')}`
  return sharp && value <= 0x10ffffn ? `${code} '${charOf(value)}'` : code
}

function ofFloat(value: number, verb: string, flags: Flags): string | null {
  const form = { v: 'g', g: 'g', G: 'g', e: 'e', E: 'e', f: 'f', F: 'f' }[verb] as 'e' | 'f' | 'g' | undefined
  if (!form) return null
  const precision = flags.precision ?? (form === 'g' ? -1 : 6)
  const text = formatFloat(value, form, precision)
  const signed = /^[-+]/.test(text) ? text : `+${text}`
  const isNumber = /\d/.test(text)
  const sign = signed[0] === '-' ? '-' : flags.plus ? '+' : flags.space ? ' ' : text.startsWith('+') ? '+' : ''
  const body = sharpened(signed.slice(1), form, flags)
  const cased = verb === 'E' || verb === 'G' ? body.toUpperCase() : body
  const filled = isNumber && flags.zero && !flags.minus && flags.width !== null ? cased.padStart(flags.width - sign.length, '0') : cased
  return pad(sign + filled, { ...flags, zero: false })
}

/** `#` keeps the point, and with %g the zeros behind it. */
function sharpened(body: string, form: 'e' | 'f' | 'g', { sharp, precision }: Flags): string {
  if (!sharp || !/\d/.test(body)) return body
  const [mantissa, exponent] = body.split('e') as [string, string?]
  const pointed = mantissa.includes('.') ? mantissa : `${mantissa}.`
  const digits = pointed.replace('.', '').replace(/^0+(?=\d)/, '').length
  const filled = form === 'g' ? pointed + '0'.repeat(Math.max(0, (precision ?? 6) - digits)) : pointed
  return exponent === undefined ? filled : `${filled}e${exponent}`
}

const SHORT: { readonly [char: string]: string } = { '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\' }
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\p{Zs}]/u

/** strconv.Quote. */
export const quote = (text: string, ascii = false): string => `"${Array.from(text, (char) => escape(char, '"', ascii)).join('')}"`
const quoteChar = (char: string, ascii: boolean): string => `'${escape(char, "'", ascii)}'`

function escape(char: string, delimiter: string, ascii: boolean): string {
  if (char === delimiter) return `\\${char}`
  if (char in SHORT) return SHORT[char]!
  const code = char.codePointAt(0)!
  if (char === ' ' || (!UNPRINTABLE.test(char) && (!ascii || code < 0x80))) return char
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}
