import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lastDate, parseDate } from './dates.ts'

/** What is written, what is read, and that in UTC if it differs. */
const DATES: readonly (readonly [written: string, text: string | null, utc?: string])[] = [
  ['Mon, 06 Jan 2020 10:00:00 GMT', '2020-01-06T10:00:00Z'],
  ['Mon, 06 Jan 2020 10:00:00 +0200', '2020-01-06T10:00:00+02:00', '2020-01-06T08:00:00Z'],
  // `+0001` may be taken for a zone's name.
  ['Mon, 06 Jan 2020 10:00:00 +0001', '2020-01-06T10:00:00+00:01', '2020-01-06T09:59:00Z'],
  ['06 Jan 20 10:00 +0001', '2020-01-06T10:00:00Z'],
  ['mon, 06 JAN 2020  10:00:00 -0330', '2020-01-06T10:00:00-03:30', '2020-01-06T13:30:00Z'],
  ['2020-01-06T10:00:00.1200Z', '2020-01-06T10:00:00.12Z'],
  ['2020-01-06T10:00:00-05:00', '2020-01-06T10:00:00-05:00', '2020-01-06T15:00:00Z'],
  ['\n 2020-01-06 ', '2020-01-06T00:00:00Z'],
  ['2020-1-6 1:02:03', '2020-01-06T01:02:03Z'],
  ['06 Jan 20 10:00 MST', '2020-01-06T10:00:00Z'],
  ['06 Jan 70 10:00 +0100', '1970-01-06T10:00:00+01:00', '1970-01-06T09:00:00Z'],
  ['Mon Jan  6 10:00:00 2020', '2020-01-06T10:00:00Z'],
  ['Monday, January 6, 2020 03:04 PM', '2020-01-06T15:04:00Z'],
  ['January 6, 2020 12:04 AM', '2020-01-06T00:04:00Z'],
  ['31/12/2020', '2020-12-31T00:00:00Z'],
  ['1/2/2020', '2020-02-01T00:00:00Z'],
  ['12/31/2020', '2020-12-31T00:00:00Z'],
  // A zone's name counts only in forms that Go's own don't cover: here the day has one digit.
  ['Mon, 6 Jan 2020 10:00:00 EST', '2020-01-06T10:00:00-05:00', '2020-01-06T15:00:00Z'],
  ['Mon, 06 Jan 2020 10:00:00 EST', '2020-01-06T10:00:00Z'],
  ['Mon, 6 Jan 2020 10:00:00 PDT', '2020-01-06T10:00:00Z'],
  ['Mon, 06 Jan 2020 10:00:00 GMT+3', '2020-01-06T13:00:00+03:00', '2020-01-06T10:00:00Z'],
  ['2020-02-30', null],
  ['2019-02-29', null],
  ['Mon, 06 Jan 2020 24:00:00 GMT', null],
  ['2020-13-01', null],
  ['00/00/2020', null],
  ['6 Foo 2020', null],
  ['yesterday', null],
  ['', null],
]

test('dates in the forms of feeds', () => {
  for (const [written, text, utc] of DATES) assert.deepEqual(parseDate(written), text === null ? null : { text, utc: utc ?? text }, written)
})

test('any time, in RFC 3339 and RFC 1123', () => {
  const date = fc.date({ min: new Date('1000-01-01T00:00:00Z'), max: new Date('9999-01-01T00:00:00Z'), noInvalidDate: true })
  const offset = fc.integer({ min: -12 * 60, max: 14 * 60 })
  fc.assert(
    fc.property(date, offset, (instant, minutes) => {
      const local = new Date(instant.getTime() + minutes * 60_000)
      const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((part) => String(part).padStart(2, '0'))
      const sign = minutes < 0 ? '-' : '+'
      const milliseconds = instant.toISOString().replace(/\.?0*Z$/, 'Z')
      assert.equal(parseDate(`${local.toISOString().slice(0, -1)}${sign}${hours}:${rest}`)?.utc, milliseconds)
      assert.equal(parseDate(`${local.toUTCString().replace(' GMT', '')} ${sign}${hours}${rest}`)?.utc, `${instant.toISOString().slice(0, 19)}Z`)
    }),
  )
})

test('of several dates the last that is one', () => {
  assert.equal(lastDate(['2020-01-01', '2021-01-01', 'x'])?.utc, '2021-01-01T00:00:00Z')
  assert.equal(lastDate(['x']), null)
})
