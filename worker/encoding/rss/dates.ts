/** Dates as feeds write them. */
import { once } from '../../pipeline.ts'
import { FORMS, ZONED_FORMS } from './date-forms.ts'
import { trim } from './text.ts'

/** Hours from UTC. */
const ZONES: Readonly<Record<string, number>> = { EST: -5, MST: -7, HST: -10, CET: 1, MET: 1, EET: 2 }

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const shortened = (names: readonly string[]): string => names.map((name) => name.slice(0, 3)).join('|')
const OFFSET = '(?<sign>[-+])(?<zoneHour>\\d\\d)'

/** What each part of the notation reads. Names are read in any case, single digits for two where no zero stands before. */
const PARTS: Readonly<Record<string, string>> = {
  Monday: `(?i:${DAYS.join('|')})`,
  Mon: `(?i:${shortened(DAYS)})`,
  January: `(?<month>(?i:${MONTHS.join('|')}))`,
  Jan: `(?<month>(?i:${shortened(MONTHS)}))`,
  2006: '(?<year>\\d{4})',
  '06': '(?<year>\\d\\d)',
  _2: ' ?(?<day>\\d\\d?)',
  '02': '(?<day>\\d\\d)',
  2: '(?<day>\\d\\d?)',
  '01': '(?<month>\\d\\d)',
  1: '(?<month>\\d\\d?)',
  15: '(?<hour>\\d\\d?)',
  '03': '(?<half>\\d\\d)',
  3: '(?<half>\\d\\d?)',
  '04': '(?<minute>\\d\\d)',
  4: '(?<minute>\\d\\d?)',
  '05': '(?<second>\\d\\d)(?:[.,](?<fraction>\\d+))?',
  5: '(?<second>\\d\\d?)(?:[.,](?<fraction>\\d+))?',
  PM: '(?<noon>AM|PM)',
  pm: '(?<noon>am|pm)',
  '-0700': `${OFFSET}(?<zoneMinute>\\d\\d)`,
  '-07:00': `${OFFSET}:(?<zoneMinute>\\d\\d)`,
  '-07:00:00': `${OFFSET}:(?<zoneMinute>\\d\\d):\\d\\d`,
  'Z07:00': `(?:Z|${OFFSET}:(?<zoneMinute>\\d\\d))`,
  MST: '(?<zone>UTC|ChST|MeST|WITA(?![A-Z])|GMT(?:[-+]0*(?:1?\\d|2[0-3])(?!\\d))?|[-+]0*(?:1?\\d|2[0-3])(?!\\d)|[A-Z]{3}T{0,2}(?![A-Z])|[A-Z]{4}T(?![A-Z]))',
  ' ': ' +',
}
const PART = /Monday|Mon|January|Jan|2006|06|_2|02|2|01|15|1|03|3|04|4|05|5|PM|pm|-07:00:00|-07:00|-0700|Z07:00|MST|[^]/g

const compile = (form: string): RegExp => new RegExp(`^${form.replace(PART, (part) => PARTS[part] ?? RegExp.escape(part))}$`)
const expand = (lines: readonly string[]): readonly RegExp[] =>
  lines.flatMap((line) => {
    const [start, ...ends] = line.split('|') as [string, ...string[]]
    return ends.map((end) => compile(start + end))
  })

const plain = once(() => expand(FORMS))
const zoned = once(() => expand(ZONED_FORMS))

export interface FeedDate {
  /** As written, in its own zone. */
  readonly text: string
  readonly utc: string
}

/** null for what is no date. */
export function parseDate(written: string): FeedDate | null {
  const text = trim(written)
  return /\d/.test(text) ? (find(plain(), text, {}) ?? find(zoned(), text, ZONES)) : null
}

/** Of several dates the last counts that is one. */
export function lastDate(texts: readonly string[]): FeedDate | null {
  for (const text of texts.toReversed()) {
    const date = parseDate(text)
    if (date) return date
  }
  return null
}

function find(patterns: readonly RegExp[], text: string, zones: Readonly<Record<string, number>>): FeedDate | null {
  for (const pattern of patterns) {
    const found = pattern.exec(text)
    const date = found && toDate(found.groups!, zones)
    if (date) return date
  }
  return null
}

type Groups = Readonly<Record<string, string | undefined>>

/** null where there is no such day or time. */
function toDate(groups: Groups, zones: Readonly<Record<string, number>>): FeedDate | null {
  const number = (name: string): number => Number(groups[name] ?? 0)
  const [day, minute, second] = [groups.day === undefined ? 1 : number('day'), number('minute'), number('second')]
  const [month, hour] = [monthOf(groups.month), hourOf(groups)]
  const [zoneHour, zoneMinute] = [number('zoneHour'), number('zoneMinute')]
  const local = new Date(0)
  local.setUTCFullYear(yearOf(groups.year), month - 1, day)
  if (month > 12 || local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return null
  if (hour > 23 || minute > 59 || second > 59 || number('half') > 12 || zoneHour > 24 || zoneMinute > 60) return null
  local.setUTCHours(hour, minute, second)
  // UTC's name counts more than an offset.
  const named = groups.sign === undefined || groups.zone === 'UTC'
  const offset = named ? (zones[groups.zone ?? ''] ?? 0) * 60 : (zoneHour * 60 + zoneMinute) * (groups.sign === '-' ? -1 : 1)
  const instant = local.getTime() - offset * MINUTE
  // Go takes `GMT+3` for a place, but the time for UTC's.
  const shown = /^GMT[-+]/.test(groups.zone ?? '') && groups.sign === undefined ? Number(groups.zone!.slice(3)) * 60 : offset
  const fraction = (groups.fraction ?? '').slice(0, 9).replace(/0+$/, '')
  return { text: write(new Date(instant + shown * MINUTE), fraction, shown), utc: write(new Date(instant), fraction, 0) }
}

const yearOf = (text = '0'): number => Number(text) + (text.length !== 2 ? 0 : Number(text) < 69 ? 2000 : 1900)
const monthOf = (text = '1'): number => (/^\d/.test(text) ? Number(text) : MONTHS.findIndex((name) => name.startsWith(text.slice(0, 3).toLowerCase())) + 1)

function hourOf({ hour, half, noon = '' }: Groups): number {
  if (half === undefined) return Number(hour ?? 0)
  if (/pm/i.test(noon)) return Number(half) < 12 ? Number(half) + 12 : 12
  return noon && half === '12' ? 0 : Number(half)
}

const MINUTE = 60_000

/** RFC 3339. */
function write(date: Date, fraction: string, offset: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const size = Math.abs(offset)
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}:${two(size % 60)}`
  return `${date.toISOString().slice(0, 19)}${fraction && `.${fraction}`}${zone}`
}
