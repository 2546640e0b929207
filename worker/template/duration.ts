/** Go's durations. */
const UNITS: { readonly [unit: string]: number } = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 36e5 }

/** 2^63 nanoseconds: Go's durations end there. */
const TOO_LONG = 2 ** 63 / 1e6

/** A Go duration in milliseconds; null for what is none: `2`, `1d`, `2 s`, nothing at all, or beyond 292 years. */
export function parseDuration(value: string): number | null {
  const [, sign, rest] = /^([-+]?)(.+)$/.exec(value) ?? []
  if (rest === '0') return 0
  if (!rest || !/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return null
  let total = 0
  for (const [, number, unit] of rest.matchAll(/([\d.]+)([a-zµμ]+)/g)) total += Number(number) * UNITS[unit!]!
  if (total > TOO_LONG) return null
  return sign === '-' ? -total : total
}
