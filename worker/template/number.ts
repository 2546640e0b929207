/** Numbers as Go reads them. null: it is none. */

/** strconv.ParseInt with base 0: `0x1f`, `0o17`, `017`, `0b1`, `1_000`. */
export function parseInt0(text: string): bigint | null {
  const [, sign, body] = /^([+-]?)(.+)$/.exec(text) ?? []
  if (body === undefined || /^_|__|_$/.test(body)) return null
  const digits = body.replaceAll('_', '').toLowerCase()
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits
  if (!/^(?:0|[1-9]\d*|0x[\da-f]+|0o[0-7]+|0b[01]+)$/.test(octal)) return null
  const value = sign === '-' ? -BigInt(octal) : BigInt(octal)
  return BigInt.asIntN(64, value) === value ? value : null
}

/** strconv.ParseFloat, hexadecimal forms left out. */
export function parseFloat64(text: string): number | null {
  const digits = text.replaceAll('_', '')
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(digits) ? Number(digits) : null
}
