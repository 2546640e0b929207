/** Sprig's dates, with Go's layouts: they show what Monday, 2 January 2006, 15:04:05 looks like. */
import { CallError } from '../error.ts'
import { fn, type Functions } from '../function.ts'
import { parseDuration } from '../duration.ts'
import type { Value } from '../value.ts'

const LAYOUT = /January|Jan|Monday|Mon|MST|2006|__2|_2|002|0[1-6]|Z07:00|Z0700|Z07|-07:00|-0700|-07|PM|pm|15|[,.]0+(?!\d)|[,.]9+(?!\d)|[1-5]/g

interface Parts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  millisecond: number
  weekday: number
  offset: number
  zone: string
}

const SHORT_WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** A date as clocks in a zone show it. Go takes UTC for a zone that it doesn't know. */
function partsIn(date: Date, zone: string): Parts {
  if (!Number.isFinite(date.getTime())) throw new CallError('the date is out of range')
  const timeZone = zone === 'Local' ? new Intl.DateTimeFormat().resolvedOptions().timeZone : zone || 'UTC'
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormatPart[] => {
    try {
      return new Intl.DateTimeFormat('en-US', { ...options, timeZone }).formatToParts(date)
    } catch {
      return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' }).formatToParts(date)
    }
  }
  const parts = format({ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', weekday: 'short', timeZoneName: 'short', hourCycle: 'h23' })
  const named = (type: string): string => parts.find((part) => part.type === type)?.value ?? ''
  const [year, month, day, hour, minute, second] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map((type) => Number(named(type))) as [number, number, number, number, number, number]
  const offset = Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(date.getTime() / 1000) * 1000) / 60_000)
  return { year, month, day, hour, minute, second, millisecond: date.getUTCMilliseconds(), weekday: SHORT_WEEKDAYS.indexOf(named('weekday')), offset, zone: named('timeZoneName').replace(/^GMT$/, 'UTC') }
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const two = (value: number): string => String(value).padStart(2, '0')

function offsetText({ offset }: Parts, colon: string, hasMinutes: boolean): string {
  const away = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(away / 60))}${hasMinutes ? colon + two(away % 60) : ''}`
}

const zoned = (parts: Parts, colon: string, hasMinutes: boolean): string => (parts.offset === 0 ? 'Z' : offsetText(parts, colon, hasMinutes))

const WRITERS: { readonly [piece: string]: (parts: Parts) => string } = {
  '2006': ({ year }) => String(year).padStart(4, '0'),
  '06': ({ year }) => two(year % 100),
  '01': ({ month }) => two(month),
  '1': ({ month }) => String(month),
  January: ({ month }) => MONTHS[month - 1]!,
  Jan: ({ month }) => MONTHS[month - 1]!.slice(0, 3),
  '02': ({ day }) => two(day),
  '2': ({ day }) => String(day),
  _2: ({ day }) => String(day).padStart(2),
  '002': (parts) => String(dayOfYear(parts)).padStart(3, '0'),
  __2: (parts) => String(dayOfYear(parts)).padStart(3),
  '15': ({ hour }) => two(hour),
  '03': ({ hour }) => two(hour % 12 || 12),
  '3': ({ hour }) => String(hour % 12 || 12),
  '04': ({ minute }) => two(minute),
  '4': ({ minute }) => String(minute),
  '05': ({ second }) => two(second),
  '5': ({ second }) => String(second),
  PM: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  pm: ({ hour }) => (hour < 12 ? 'am' : 'pm'),
  Monday: ({ weekday }) => WEEKDAYS[weekday]!,
  Mon: ({ weekday }) => SHORT_WEEKDAYS[weekday]!,
  MST: ({ zone }) => zone,
  'Z07:00': (parts) => zoned(parts, ':', true),
  Z0700: (parts) => zoned(parts, '', true),
  Z07: (parts) => zoned(parts, '', false),
  '-07:00': (parts) => offsetText(parts, ':', true),
  '-0700': (parts) => offsetText(parts, '', true),
  '-07': (parts) => offsetText(parts, '', false),
}

const dayOfYear = ({ year, month, day }: Parts): number => (Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 0)) / 86_400_000

function fraction(piece: string, { millisecond }: Parts): string {
  const digits = String(millisecond).padStart(3, '0').padEnd(piece.length - 1, '0').slice(0, piece.length - 1)
  const shown = piece[1] === '9' ? digits.replace(/0+$/, '') : digits
  return shown && piece[0]! + shown
}

function format(layout: string, value: Value, zone: string): string {
  const date = value instanceof Date ? value : typeof value === 'bigint' ? new Date(Number(value) * 1000) : new Date()
  const parts = partsIn(date, zone)
  return layout.replace(LAYOUT, (piece) => WRITERS[piece]?.(parts) ?? fraction(piece, parts))
}

const READERS: { readonly [piece: string]: readonly [pattern: string, part: string] } = {
  '2006': [String.raw`\d{4}`, 'year'], '06': [String.raw`\d{2}`, 'shortYear'], '01': [String.raw`\d{2}`, 'month'], '1': [String.raw`\d{1,2}`, 'month'],
  January: [MONTHS.join('|'), 'monthName'], Jan: [MONTHS.map((name) => name.slice(0, 3)).join('|'), 'monthName'], '02': [String.raw`\d{2}`, 'day'], '2': [String.raw`\d{1,2}`, 'day'],
  _2: [String.raw` ?\d{1,2}`, 'day'], '15': [String.raw`\d{1,2}`, 'hour'], '03': [String.raw`\d{2}`, 'hour'], '3': [String.raw`\d{1,2}`, 'hour'], '04': [String.raw`\d{2}`, 'minute'],
  '4': [String.raw`\d{1,2}`, 'minute'], '05': [String.raw`\d{2}(?:\.\d+)?`, 'second'], '5': [String.raw`\d{1,2}(?:\.\d+)?`, 'second'], PM: ['AM|PM', 'half'], pm: ['am|pm', 'half'],
  Monday: [WEEKDAYS.join('|'), 'weekday'], Mon: [SHORT_WEEKDAYS.join('|'), 'weekday'], MST: ['[A-Z]{3,4}', 'zone'], 'Z07:00': [String.raw`Z|[-+]\d\d:\d\d`, 'offset'], Z0700: [String.raw`Z|[-+]\d{4}`, 'offset'],
  '-07:00': [String.raw`[-+]\d\d:\d\d`, 'offset'], '-0700': [String.raw`[-+]\d{4}`, 'offset'], '-07': [String.raw`[-+]\d\d`, 'offset'],
}

const escaped = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)

/** null: the text is not of the layout. */
function parse(layout: string, text: string): Date | null {
  let pattern = ''
  let at = 0
  const names: string[] = []
  for (const piece of layout.matchAll(LAYOUT)) {
    const reader = READERS[piece[0]]
    pattern += escaped(layout.slice(at, piece.index))
    at = piece.index + piece[0].length
    if (reader) names.push(reader[1])
    pattern += reader ? `(${reader[0]})` : String.raw`(?:[,.]\d+)?`
  }
  pattern += escaped(layout.slice(at))
  const match = new RegExp(`^${pattern}$`).exec(text)
  return match ? dateOf(new Map(names.map((name, i) => [name, match[i + 1]!]))) : null
}

function dateOf(read: ReadonlyMap<string, string>): Date | null {
  const number = (name: string, otherwise: number): number => Number(read.get(name) ?? otherwise)
  const short = read.get('shortYear')
  const year = short === undefined ? number('year', 1) : Number(short) + (Number(short) >= 69 ? 1900 : 2000)
  const month = read.has('monthName') ? MONTHS.findIndex((name) => name.startsWith(read.get('monthName')!.slice(0, 3))) : number('month', 1) - 1
  const half = read.get('half')?.toUpperCase()
  const hour = half ? (number('hour', 0) % 12) + (half === 'PM' ? 12 : 0) : number('hour', 0)
  const day = number('day', 1)
  const seconds = number('second', 0)
  const values = [year, month, day, hour, number('minute', 0), Math.floor(seconds), Math.round((seconds % 1) * 1000)] as const
  if (month > 11 || month < 0 || day < 1 || day > new Date(Date.UTC(year, month + 1, 0)).getUTCDate() || hour > 23 || values[4] > 59 || seconds >= 60) return null
  const offset = read.get('offset')
  if (offset === undefined) return read.get('zone') === 'UTC' ? new Date(Date.UTC(...values)) : new Date(...values)
  const [, sign, hours = '0', minutes = '0'] = /([-+])(\d\d):?(\d\d)?/.exec(offset) ?? []
  return new Date(Date.UTC(...values) - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000)
}

/** Go's zero time. */
const ZERO = new Date(Date.UTC(1, 0, 1) - 0)
ZERO.setUTCFullYear(1)

function durationText(seconds: number): string {
  const [hours, minutes, rest] = [Math.trunc(seconds / 3600), Math.trunc((seconds % 3600) / 60), seconds % 60].map(Math.abs) as [number, number, number]
  return `${seconds < 0 ? '-' : ''}${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${rest}s`
}

const UNITS = [['y', 31_536_000], ['mo', 2_592_000], ['d', 86_400], ['h', 3600], ['m', 60], ['s', 1]] as const

function rounded(value: Value): string {
  const milliseconds = typeof value === 'string' ? (parseDuration(value) ?? 0) : typeof value === 'bigint' ? Number(value) / 1e6 : value instanceof Date ? Date.now() - value.getTime() : 0
  const seconds = Math.abs(milliseconds) / 1000
  const unit = UNITS.find(([, size]) => seconds > size)
  return unit ? `${Math.floor(seconds / unit[1])}${unit[0]}` : '0s'
}

const seconds = (value: Value): number => (typeof value === 'bigint' ? Number(value) : typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : 0)
const ago = (value: Value): string => durationText(Math.round((Date.now() - (value instanceof Date ? value.getTime() : typeof value === 'bigint' ? Number(value) * 1000 : Date.now())) / 1000))

const modify = fn(['string', 'time'], (duration, date) => new Date(date.getTime() + (parseDuration(duration) ?? 0)))
const mustModify = fn(['string', 'time'], (duration, date) => {
  const milliseconds = parseDuration(duration)
  if (milliseconds === null) throw new CallError(`time: invalid duration ${JSON.stringify(duration)}`)
  return new Date(date.getTime() + milliseconds)
})
const inZone = fn(['string', 'any', 'string'], format)

export const dateFunctions: Functions = {
  now: fn([], () => new Date()),
  date: fn(['string', 'any'], (layout, value) => format(layout, value, 'Local')),
  dateInZone: inZone,
  date_in_zone: inZone,
  htmlDate: fn(['any'], (value) => format('2006-01-02', value, 'Local')),
  htmlDateInZone: fn(['any', 'string'], (value, zone) => format('2006-01-02', value, zone)),
  dateModify: modify,
  date_modify: modify,
  mustDateModify: mustModify,
  must_date_modify: mustModify,
  toDate: fn(['string', 'string'], (layout, text) => parse(layout, text) ?? ZERO),
  mustToDate: fn(['string', 'string'], (layout, text) => {
    const date = parse(layout, text)
    if (!date) throw new CallError(`parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse`)
    return date
  }),
  unixEpoch: fn(['time'], (date) => String(Math.floor(date.getTime() / 1000))),
  ago: fn(['any'], ago),
  duration: fn(['any'], (value) => durationText(seconds(value))),
  durationRound: fn(['any'], rounded),
}
