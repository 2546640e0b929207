/** A literal's value, as gopher-lua's parseNumber has it: Go's ParseInt with base 0, else ParseFloat. */
export function parseNumber(literal: string): number | undefined {
  if (/^0[xX]/.test(literal)) return whole(BigInt(literal))
  if (/^0\d+$/.test(literal)) return /^[0-7]+$/.test(literal) ? whole(BigInt(`0o${literal}`)) : Number(literal)
  if (!/^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(literal)) return undefined
  const number = Number(literal)
  return Number.isFinite(number) ? number : undefined
}

/** Beyond int64 hexadecimal digits are no number to Go. */
const whole = (value: bigint): number | undefined => (value < 2n ** 63n ? Number(value) : undefined)
