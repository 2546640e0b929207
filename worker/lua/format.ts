/** string.format: Go's Sprintf over gopher-lua's values (transform/RULES.md §2). */
import { decode, encode } from './bytes.ts'
import { exponentText, infinityText, integerText, numberText, parseNumber, shortest, toInteger } from './number.ts'
import { typeOf, type Value } from './value.ts'

interface Spec {
  flags: string
  width: number
  /** -1: none. */
  precision: number
  verb: string
  /** Neither flags nor width nor precision. */
  bare: boolean
}

/** Widths and precisions beyond this Go refuses. */
const MAX_WIDTH = 1_000_000
const SPEC = /%([-+# 0]*)(\d*)(?:(\.)(\d*))?(.?)/gs
const GO_TYPES: { readonly [type: string]: string } = { number: 'lua.LNumber', string: 'lua.LString', boolean: 'lua.LBool', nil: '*lua.LNilType', table: '*lua.LTable', function: '*lua.LFunction', userdata: '*lua.LUserData', thread: '*lua.LState' }

/** Templates of this isolate, taken apart. */
const cache = new Map<string, readonly (string | Spec)[]>()
const MOST_CACHED = 500

/** Texts, and what stands between them. */
function partsOf(template: string): readonly (string | Spec)[] {
  const known = cache.get(template)
  if (known) return known
  const parts: (string | Spec)[] = []
  let end = 0
  for (const { index, 0: whole, 1: flags, 2: width, 3: dot, 4: precision, 5: verb } of template.matchAll(SPEC)) {
    parts.push(template.slice(end, index))
    end = index + whole.length
    if (verb === '%') parts.push('%')
    else if (verb === '') parts.push('%!(NOVERB)')
    else if (Number(width || 0) > MAX_WIDTH) parts.push('%!(BADWIDTH)')
    else parts.push({ flags: flags!, width: Number(width || 0), precision: dot && Number(precision || 0) <= MAX_WIDTH ? Number(precision || 0) : -1, verb: verb!, bare: whole.length === 2 })
  }
  parts.push(template.slice(end))
  if (cache.size >= MOST_CACHED) cache.clear()
  cache.set(template, parts)
  return parts
}

/** `show` gives the text of values that are neither texts nor numbers. */
export function format(template: string, values: readonly Value[], show: (value: Value) => string): string {
  // gopher-lua hands over as many values as there are verbs.
  const signs = template.split('%').length - template.split('%%').length
  const given = values.slice(0, Math.max(0, signs))
  let used = 0
  let text = ''
  for (const part of partsOf(template)) {
    if (typeof part === 'string') text += part
    else text += used < given.length ? formatValue(part, given[used++], show) : `%!${part.verb}(MISSING)`
  }
  const extra = given.slice(used).map((value) => `${GO_TYPES[typeOf(value)]}=${formatValue({ flags: '', width: 0, precision: -1, verb: 'v', bare: true }, value, show)}`)
  return extra.length ? `${text}%!(EXTRA ${extra.join(', ')})` : text
}

function formatValue(spec: Spec, value: Value, show: (value: Value) => string): string {
  if (spec.bare && spec.verb === 's' && (typeof value === 'string' || typeof value === 'number')) return typeof value === 'string' ? value : numberText(value)
  if (spec.bare && spec.verb === 'd' && typeof value === 'number') return integerText(toInteger(value))
  if (typeof value === 'number') return formatNumber(spec, value)
  if (typeof value === 'string') {
    if (spec.verb !== 'd' && spec.verb !== 'i') return formatText(spec, value, 'string')
    // gopher-lua has its condition the wrong way round: a number is written as the text it is, another text as 0.
    return parseNumber(value) === undefined ? formatInteger({ ...spec, verb: 'd' }, 0) : pad(spec, value, false)
  }
  if (typeof value === 'boolean' && spec.verb === 't') return pad(spec, String(value), false)
  if ('sqvxX'.includes(spec.verb)) return formatText(spec, show(value), typeOf(value))
  return value === undefined && spec.verb !== 'p' ? '&{}' : `%!${spec.verb}(${GO_TYPES[typeOf(value)]}=${show(value)})`
}

function formatNumber(spec: Spec, value: number): string {
  const { verb } = spec
  if (verb === 's' || verb === 'q') return formatText(spec, numberText(value), 'string')
  if ('bcdoxXU'.includes(verb)) return formatInteger(spec, toInteger(value))
  if (verb === 'i') return formatInteger({ ...spec, verb: 'd' }, toInteger(value))
  if ('eEfFgG'.includes(verb)) return formatFloat(spec, value)
  if (verb === 'v') return Number.isInteger(value) ? formatInteger({ ...spec, verb: 'd' }, toInteger(value)) : formatFloat({ ...spec, verb: 'g' }, value)
  return Number.isInteger(value) ? `%!${verb}(int64=${integerText(value)})` : `%!${verb}(float64=${numberText(value)})`
}

const BASES: { readonly [verb: string]: number } = { b: 2, d: 10, o: 8, x: 16, X: 16 }

function formatInteger(spec: Spec, value: number): string {
  const { verb, flags } = spec
  if (verb === 'c') return pad({ ...spec, flags: flags.replace('0', '') }, encode(String.fromCodePoint(value >= 0 && value <= 0x10ffff ? value : 0xfffd)), false)
  if (verb === 'U') return pad(spec, `U+${Math.abs(value).toString(16).toUpperCase().padStart(4, '0')}`, false)
  let digits = BigInt(Math.abs(value)).toString(BASES[verb])
  if (verb === 'X') digits = digits.toUpperCase()
  const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const prefix = flags.includes('#') ? ({ x: '0x', X: '0X', o: '0', b: '0b' }[verb] ?? '') : ''
  if (spec.precision >= 0) return pad({ ...spec, flags: flags.replace('0', '') }, sign + prefix + (spec.precision === 0 && value === 0 ? '' : digits.padStart(spec.precision, '0')), false)
  if (flags.includes('0') && !flags.includes('-')) return sign + prefix + digits.padStart(spec.width - sign.length - prefix.length, '0')
  return pad(spec, sign + prefix + digits, false)
}

function formatFloat(spec: Spec, value: number): string {
  const { flags, verb } = spec
  if (!Number.isFinite(value)) return pad({ ...spec, flags: flags.replace('0', '') }, value > 0 && !flags.includes('+') ? (flags.includes(' ') ? ' Inf' : '+Inf') : infinityText(value), false)
  const digits = floatDigits(Math.abs(value), verb.toLowerCase(), spec.precision)
  const sign = value < 0 || Object.is(value, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const text = verb === 'E' || verb === 'G' ? digits.toUpperCase() : digits
  return flags.includes('0') && !flags.includes('-') ? sign + text.padStart(spec.width - sign.length, '0') : pad(spec, sign + text, false)
}

/** JavaScript gives at most a hundred decimals; a double has no more than 1074, and nobody asks for them. */
const MAX_DECIMALS = 100

function floatDigits(value: number, verb: string, precision: number): string {
  if (verb === 'f') return fixed(value, precision < 0 ? 6 : precision)
  if (verb === 'e') return scientific(value, precision < 0 ? 6 : precision)
  if (precision < 0) return shortest(value)
  const most = Math.max(1, precision)
  const power = Number(value.toExponential(Math.min(most - 1, MAX_DECIMALS)).split('e')[1])
  const text = power < -4 || power >= most ? scientific(value, most - 1) : fixed(value, most - 1 - power)
  return text.includes('.') ? text.replace(/\.?0+(?=e|$)/, '') : text
}

/** toFixed gives up at 1e21: what is that large has no decimals. */
function fixed(value: number, decimals: number): string {
  const most = Math.min(decimals, MAX_DECIMALS)
  if (value < 1e21) return halfToEven(value, most)
  return BigInt(value).toString() + (most ? `.${'0'.repeat(most)}` : '')
}

/** JavaScript rounds a half up, Go to the even digit. */
function halfToEven(value: number, decimals: number): string {
  const text = value.toFixed(decimals)
  if (!/[13579]$/.test(text) || decimals >= MAX_DECIMALS) return text
  const exact = value.toFixed(MAX_DECIMALS)
  const rest = exact.slice(exact.indexOf('.') + 1 + decimals)
  return /^50*$/.test(rest) ? exact.slice(0, exact.length - rest.length).replace(/\.$/, '') : text
}

function scientific(value: number, decimals: number): string {
  const [digits, power] = value.toExponential(Math.min(decimals, MAX_DECIMALS)).split('e') as [string, string]
  return `${digits}e${exponentText(Number(power))}`
}

function formatText(spec: Spec, text: string, type: string): string {
  const { verb, flags, precision } = spec
  if (verb === 's' || verb === 'v') return pad(spec, cut(text, precision), true)
  if (verb === 'q') return pad(spec, encode(quote(decode(cut(text, precision)), flags)), true)
  if (verb === 'x' || verb === 'X') {
    const hex = Array.from(precision < 0 ? text : text.slice(0, precision), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
    return pad(spec, verb === 'X' ? hex.toUpperCase() : hex, true)
  }
  return `%!${verb}(${type}=${pad(spec, cut(text, precision), true)})`
}

/** Precision counts characters, as Go's does. */
const cut = (text: string, precision: number): string => (precision < 0 || text.length <= precision ? text : encode(Array.from(decode(text)).slice(0, precision).join('')))

const ESCAPES: { readonly [character: string]: string } = { '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '"': '\\"', '\\': '\\\\' }

/** Go's strconv.Quote. */
function quote(text: string, flags: string): string {
  if (flags.includes('#') && !/[`\x00-\x08\x0A-\x1F\x7F]/.test(text)) return `\`${text}\``
  const escaped = text.replace(/[\x00-\x1F"\\\x7F]/g, (character) => ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `"${escaped}"`
}

/** Widths count characters. Texts may be filled with zeros, as in Go. */
function pad({ flags, width }: Spec, text: string, zeros: boolean): string {
  const length = width ? Array.from(decode(text)).length : 0
  if (length >= width) return text
  if (flags.includes('-')) return text + ' '.repeat(width - length)
  return (zeros && flags.includes('0') ? '0' : ' ').repeat(width - length) + text
}
