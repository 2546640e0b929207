/** One text in YAML: as it is, in quotes, or as a literal block (routing/RULES.md §8). */

/** Names for true, false and null in YAML 1.1 and 1.2. */
const KEYWORD = /^(?:~|[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE|[yYnN]|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$/
const SPECIAL = /^[*&[{}\],!|>%'"@ `]|[: ]$|[#\\]|[:-] /

/** `pad`: how deep the object around it stands. */
export function scalarText(text: string, pad: string): string {
  return needsQuotes(text) ? quote(text) : block(text, pad)
}

const needsQuotes = (text: string): boolean => text === '' || text === '-' || KEYWORD.test(text) || isNumber(text) || SPECIAL.test(text) || isTime(text)

/** What goccy reads as a number, whatever its size. Its decimals have no exponent unless they have a point. */
function isNumber(text: string): boolean {
  if (!/^[-+\d.]/.test(text) || text.split('.').length > 2) return false
  const negative = text[0] === '-'
  const digits = text.replace(/^\+/, '').replace(/^-/, '').replaceAll('_', '')
  const [, prefix, rest] = /^(0x|0o|0b|)(.*)$/s.exec(digits)!
  if (prefix) return BASED[prefix]!.test(rest!)
  if (digits.includes('.')) return (negative ? UNSIGNED_FLOAT : FLOAT).test(digits)
  return /^0./s.test(digits) ? BASED['0o']!.test(digits) : /^\d+$/.test(digits)
}

const BASED: Readonly<Record<string, RegExp>> = { '0x': /^[\da-fA-F]+$/, '0o': /^[0-7]+$/, '0b': /^[01]+$/ }
const FLOAT = /^[-+]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|0[xX](?:[\da-fA-F]+\.[\da-fA-F]*|\.[\da-fA-F]+)[pP][-+]?\d+)$/
const UNSIGNED_FLOAT = new RegExp(FLOAT.source.replace('[-+]?', ''))

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(?:(?:[Tt](\d\d?):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d)))|(?: +(\d\d?):(\d\d):(\d\d)(?:[.,]\d+)?))?$/
const CLOCK = /^(\d\d?):(\d\d?)$/

/** A date, a date with a time, or hours and minutes, if there is such a time. */
function isTime(text: string): boolean {
  const clock = CLOCK.exec(text)
  if (clock) return Number(clock[1]) < 24 && Number(clock[2]) < 60
  const found = INSTANT.exec(text)
  if (!found) return false
  const [year, month, day, ...rest] = found.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, ...number[]]
  const [hour, minute, second, zoneHour, zoneMinute, hour2, minute2, second2] = rest as [number, number, number, number, number, number, number, number]
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year % 400 + 2000, month, 0)).getUTCDate()) return false
  return hour + hour2 < 24 && minute + minute2 < 60 && second + second2 < 60 && zoneHour <= 24 && zoneMinute <= 60
}

const ESCAPES: Readonly<Record<string, string>> = { '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '"': '\\"', '\\': '\\\\' }

/** Go's strconv.Quote. */
function quote(text: string): string {
  return `"${text.toWellFormed().replace(/["\\]|[^ \p{L}\p{M}\p{N}\p{P}\p{S}]/gu, (char) => ESCAPES[char] ?? escape(char.codePointAt(0)!))}"`
}

function escape(code: number): string {
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}

/** Lines below a header that says what becomes of the final line break. Text of one line stands as it is. */
function block(text: string, pad: string): string {
  const end = lineEnd(text)
  if (!text.includes(end)) return text
  const header = text.endsWith(end + end) ? '|+' : text.endsWith(end) ? '|' : '|-'
  const indent = `${pad}  `
  const lines = text.split(end).map((line) => indent + line).join(end)
  return header + end + without(without(lines, end + indent), indent)
}

const without = (text: string, suffix: string): string => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text)

/** The kind of line break that there is more of. */
function lineEnd(text: string): string {
  const returns = text.split('\r').length
  const feeds = text.split('\n').length
  if (returns === feeds && text.split('\r\n').length === feeds) return '\r\n'
  return returns > feeds ? '\r' : '\n'
}
