/** strconv.FormatFloat. */

/** Digits without a point, and the place of the point in them: 0.0123 is ['123', -1]. */
function digitsOf(value: number, precision: number, verb: 'e' | 'f' | 'g'): [digits: string, point: number] {
  const [, whole, fraction = '', exponent] = /^(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(value.toExponential())!
  if (precision < 0) return [whole! + fraction, Number(exponent) + 1]
  const places = verb === 'f' ? precision : (verb === 'g' ? Math.max(precision, 1) - 1 : precision) - Number(exponent)
  const digits = String(scaled(value, places)).padEnd(verb === 'e' && value === 0 ? precision + 1 : 0, '0')
  return [digits, digits.length - places]
}

/** value × 10^places, rounded as Go does: exactly, and a half to the even digit. */
function scaled(value: number, places: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const mantissa = (bits & 0xf_ffff_ffff_ffffn) | (exponent ? 1n << 52n : 0n)
  const power = Math.max(exponent, 1) - 1075
  const above = mantissa * 2n ** BigInt(Math.max(power, 0)) * 10n ** BigInt(Math.max(places, 0))
  const below = 2n ** BigInt(Math.max(-power, 0)) * 10n ** BigInt(Math.max(-places, 0))
  const whole = above / below
  const twice = (above % below) * 2n
  return twice > below || (twice === below && whole % 2n === 1n) ? whole + 1n : whole
}

/** The exponent from which on the shortest form is written with one. */
const SHORTEST_LIMIT = 6

/** `precision` below 0: as few digits as tell the number from its neighbours. */
export function formatFloat(value: number, verb: 'e' | 'f' | 'g', precision: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value < 0 ? '-Inf' : '+Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const [digits, point] = digitsOf(Math.abs(value), precision, verb)
  if (verb === 'f') return sign + fixed(digits, point, precision)
  if (verb === 'e') return sign + exponential(digits, point)
  const significant = digits.replace(/0+$/, '')
  const limit = precision < 0 ? SHORTEST_LIMIT : precision === 0 ? 1 : precision > significant.length && significant.length >= point ? significant.length : precision
  const exponent = significant ? point - 1 : 0
  const shortest = significant || '0'
  if (exponent < -4 || exponent >= limit) return sign + exponential(shortest, point)
  return sign + fixed(shortest, significant ? point : 1, -1)
}

function exponential(digits: string, point: number): string {
  const exponent = /[1-9]/.test(digits) ? point - 1 : 0
  const fraction = digits.slice(1)
  return `${digits[0]}${fraction && `.${fraction}`}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function fixed(digits: string, point: number, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits
  const cut = precision < 0 ? fraction.replace(/0+$/, '') : fraction.padEnd(precision, '0').slice(0, precision)
  return cut ? `${whole}.${cut}` : whole
}
