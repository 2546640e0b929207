/** The formats that KrakenD's JSON Schema library knows; asserted up to draft 7. What is wrong with a text, or null. */
import type { Formats } from './validate.ts'

type Check = (text: string) => string | null

const unless = (met: boolean, complaint: string): string | null => (met ? null : complaint)
const byPattern = (pattern: RegExp, complaint: string): Check => (text) => unless(pattern.test(text), complaint)

const ipv4: Check = (text) => {
  const groups = text.split('.')
  if (groups.length !== 4) return 'expected four decimals'
  if (groups.some((group) => /^0\d/.test(group))) return 'leading zeros'
  return unless(groups.every((group) => /^\d{1,3}$/.test(group) && Number(group) <= 255), 'decimal must be between 0 and 255')
}

const ipv6: Check = (text) => {
  if (!text.includes(':')) return 'missing colon'
  if (text.includes('%')) return 'zone id is not a part of ipv6 address'
  return unless(isIpv6(text), 'no IPv6 address')
}

function isIpv6(text: string): boolean {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted) return ipv4(dotted[2]!) === null && isIpv6(`${dotted[1]}0:0`)
  const [head, tail, ...more] = text.split('::')
  const groupsOf = (part: string | undefined): string[] => (part ? part.split(':') : [])
  const groups = [...groupsOf(head), ...groupsOf(tail)]
  if (more.length || !groups.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return false
  return tail === undefined ? groups.length === 8 : groups.length < 8
}

const hostname: Check = (text) => {
  const name = text.replace(/\.$/, '')
  if (name.length > 253) return 'more than 253 characters long'
  for (const label of name.split('.')) {
    if (label.length < 1 || label.length > 63) return 'label must be 1 to 63 characters long'
    if (label.startsWith('-')) return 'label starts with hyphen'
    if (label.endsWith('-')) return 'label ends with hyphen'
    const odd = /[^a-zA-Z\d-]/u.exec(label)
    if (odd) return `invalid character '${odd[0]}'`
  }
  return null
}

const email: Check = (text) => {
  if (new TextEncoder().encode(text).length > 254) return 'more than 255 characters long'
  const at = text.lastIndexOf('@')
  if (at < 0) return 'missing @'
  return localPart(text.slice(0, at)) ?? domain(text.slice(at + 1))
}

function localPart(local: string): string | null {
  if (local.length > 64) return 'local part more than 64 characters long'
  if (local.length > 1 && local.startsWith('"')) return unless(!/[\\"]/.test(local.slice(1, -1)), 'backslash and quote are not allowed within quoted local part')
  if (local.startsWith('.')) return 'starts with dot'
  if (local.endsWith('.')) return 'ends with dot'
  if (local.includes('..')) return 'consecutive dots'
  const odd = /[^a-zA-Z\d.!#$%&'*+\-/=?^_`{|}~]/u.exec(local)
  return odd && `invalid character '${odd[0]}'`
}

function domain(text: string): string | null {
  const [, address] = /^\[(.*)\]$/s.exec(text) ?? []
  if (address === undefined) return prefixed('invalid domain', hostname(text))
  return address.startsWith('IPv6:') ? prefixed('invalid ipv6 address', ipv6(address.slice(5))) : prefixed('invalid ipv4 address', ipv4(address))
}

const prefixed = (prefix: string, complaint: string | null): string | null => complaint && `${prefix}: ${complaint}`

/** Go's time.Parse with 2006-01-02. */
const date: Check = (text) => {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (year === undefined) return `parsing time "${text}" as "2006-01-02": cannot parse "${text}" as "2006"`
  if (Number(month) < 1 || Number(month) > 12) return `parsing time "${text}": month out of range`
  const days = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate()
  return unless(Number(day) >= 1 && Number(day) <= days, `parsing time "${text}": day out of range`)
}

const time: Check = (text) => {
  const parts = /^(\d\d):(\d\d):(\d\d)(\.\d+)?(?:[zZ]|([+-])(\d\d):(\d\d))$/.exec(text)
  if (!parts) return 'no time with seconds and offset'
  const [hour, minute, second, offsetHour, offsetMinute] = [parts[1], parts[2], parts[3], parts[6] ?? 0, parts[7] ?? 0].map(Number) as [number, number, number, number, number]
  if (hour > 23 || minute > 59 || second > 60) return 'hour/min/sec out of range'
  if (offsetHour > 23 || offsetMinute > 59) return 'hour/min in offset out of range'
  if (second < 60) return null
  const offset = (offsetHour * 60 + offsetMinute) * (parts[5] === '+' ? -1 : 1)
  return unless((hour * 60 + minute + offset + 1440) % 1440 === 1439, 'invalid leap second')
}

const dateTime: Check = (text) => {
  if (text.length < 20) return 'less than 20 characters long'
  if (!/^.{10}t/is.test(text)) return '11th character must be t or T'
  return prefixed('invalid date element', date(text.slice(0, 10))) ?? prefixed('invalid time element', time(text.slice(11)))
}

const DURATION = /^P(?:\d+W|(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/
const duration = byPattern(DURATION, 'no ISO 8601 duration')

const period: Check = (text) => {
  const slash = text.indexOf('/')
  if (slash < 0) return 'missing slash'
  const [start, end] = [text.slice(0, slash), text.slice(slash + 1)]
  if (start.startsWith('P')) return prefixed('invalid start duration', duration(start)) ?? prefixed('invalid end date-time', dateTime(end))
  const begin = prefixed('invalid start date-time', dateTime(start))
  return begin ?? (end.startsWith('P') ? prefixed('invalid end duration', duration(end)) : prefixed('invalid end date-time', dateTime(end)))
}

/** What Go's url.Parse refuses. */
function parseUrl(text: string): string | null {
  if (/[\0-\x1f\x7f]/.test(text)) return `parse ${JSON.stringify(text)}: net/url: invalid control character in URL`
  const [rest] = text.split('#') as [string]
  const [, scheme] = /^([^/?#:]*):/.exec(rest) ?? []
  if (scheme === '') return `parse ${JSON.stringify(text)}: missing protocol scheme`
  if (scheme !== undefined && !/^[a-zA-Z][a-zA-Z\d+.-]*$/.test(scheme)) return `parse ${JSON.stringify(text)}: first path segment in URL cannot contain colon`
  const badEscape = /%(?![\da-fA-F]{2}).{0,2}/s.exec(text.replace(/\?[^#]*/, ''))
  if (badEscape) return `parse ${JSON.stringify(text)}: invalid URL escape ${JSON.stringify(badEscape[0])}`
  const [, authority] = /^(?:[^/?#:]*:)?\/\/([^/?]*)/.exec(rest) ?? []
  return authority === undefined ? null : prefixed(`parse ${JSON.stringify(text)}`, parseAuthority(authority))
}

function parseAuthority(authority: string): string | null {
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  if (at > 0 && !/^[\w\-.~!$&'()*+,;=:%@]*$/.test(authority.slice(0, at))) return 'net/url: invalid userinfo'
  const [, literal, port] = /^\[([^\]]*)\](.*)$/s.exec(host) ?? []
  if (literal !== undefined) return unless(/^(?::\d*)?$/.test(port!), `invalid port ${JSON.stringify(port)} after host`) ?? (literal.includes(':') ? prefixed('invalid ipv6 address', ipv6(literal)) : null)
  if (host.startsWith('[')) return 'missing \']\' in host'
  const bad = /[\s"<>[\]\\^`{|}]/.exec(host)
  if (bad) return `invalid character ${JSON.stringify(bad[0])} in host name`
  return unless(/^[^:]*(?::\d*)?$/.test(host), `invalid port ${JSON.stringify(host.slice(host.indexOf(':')))} after host`)
}

const uri: Check = (text) => parseUrl(text) ?? unless(/^[a-zA-Z][a-zA-Z\d+.-]*:/.test(text), 'relative url')
const uriReference: Check = (text) => (text.includes('\\') ? 'contains \\' : parseUrl(text))

const uriTemplate: Check = (text) => {
  const complaint = parseUrl(text)
  if (complaint) return complaint
  for (const part of text.split('/')) {
    const braces = part.replace(/[^{}]/g, '')
    if (!/^(?:\{\})*$/.test(braces)) return /\{\{|^\}|\}\}/.test(braces) ? 'nested curly braces' : 'no matching closing brace'
  }
  return null
}

const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/
const SEMVER = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/

export const code: Formats = {
  'json-pointer': byPattern(POINTER, 'no JSON pointer'),
  'relative-json-pointer': (text) => unless(/^(?:0|[1-9]\d*)(?:#$|\/|$)/.test(text) && (text.endsWith('#') || POINTER.test(text.replace(/^\d+/, ''))), 'no relative JSON pointer'),
  uuid: byPattern(/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i, 'no UUID'),
  duration,
  period,
  ipv4,
  ipv6,
  hostname,
  email,
  date,
  time,
  'date-time': dateTime,
  uri,
  iri: uri,
  'uri-reference': uriReference,
  'iri-reference': uriReference,
  'uri-template': uriTemplate,
  semver: byPattern(SEMVER, 'no semantic version'),
}
