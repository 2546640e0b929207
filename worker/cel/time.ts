/** Parts of timestamps, in UTC or in a time zone, and of durations. */
import { floorDivide } from './convert.ts'
import { fail, isKind, type Value } from './values.ts'

const MILLISECOND = 1_000_000n

/** The date whose UTC parts are those of the timestamp in its zone. */
function dateIn(value: Value, zone: Value | undefined): Date {
  if (!isKind(value, 'timestamp')) return fail()
  const date = new Date(Number(floorDivide(value.ns, MILLISECOND)))
  if (zone === undefined) return date
  return typeof zone === 'string' ? shift(date, zone) : fail()
}

/** `+02:00`, or a name of the time zone database. */
function shift(date: Date, zone: string): Date {
  if (!zone.includes(':')) return zone === '' || zone === 'UTC' || zone === 'Local' ? date : inNamedZone(date, zone)
  const [, hours, minutes] = /^([-+]?\d{1,4}):([-+]?\d{1,4})$/.exec(zone) ?? fail('unknown time zone')
  if (Number(minutes) < 0 || Number(minutes) > 59) fail('timezone offset minutes out of range')
  const offset = Number(hours) * 60 + Number(minutes) * (zone.startsWith('-') ? -1 : 1)
  return new Date(date.getTime() + offset * 60_000)
}

function inNamedZone(date: Date, zone: string): Date {
  const parts = new Map(formatterOf(zone).formatToParts(date).map(({ type, value }) => [type, Number(value)]))
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name)!
  const shifted = new Date(0)
  shifted.setUTCFullYear(part('year'), part('month') - 1, part('day'))
  shifted.setUTCHours(part('hour'), part('minute'), part('second'), date.getUTCMilliseconds())
  return shifted
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
  } catch {
    return fail(`unknown time zone ${zone}`)
  }
}

const part = (read: (date: Date) => number) => (value: Value, zone?: Value): Value => BigInt(read(dateIn(value, zone)))

export const getFullYear = part((date) => date.getUTCFullYear())
/** From 0, as CEL has it. */
export const getMonth = part((date) => date.getUTCMonth())
export const getDate = part((date) => date.getUTCDate())
export const getDayOfMonth = part((date) => date.getUTCDate() - 1)
export const getDayOfWeek = part((date) => date.getUTCDay())
export const getDayOfYear = part((date) => Math.floor((date.getTime() - new Date(date).setUTCMonth(0, 1)) / 86_400_000))

/** Of a duration: all of it in that unit, cut. */
const partOrWhole = (read: (date: Date) => number, unit: bigint) => (value: Value, zone?: Value): Value =>
  isKind(value, 'duration') && zone === undefined ? value.ns / unit : BigInt(read(dateIn(value, zone)))

export const getHours = partOrWhole((date) => date.getUTCHours(), 3_600_000n * MILLISECOND)
export const getMinutes = partOrWhole((date) => date.getUTCMinutes(), 60_000n * MILLISECOND)
export const getSeconds = partOrWhole((date) => date.getUTCSeconds(), 1000n * MILLISECOND)
export const getMilliseconds = partOrWhole((date) => date.getUTCMilliseconds(), MILLISECOND)
