/** The curves of keys (RFC 7518 §6.2.1): y² = x³ - 3x + b (mod p). */
import { fromBase64Url } from './base64.ts'

interface Curve {
  /** Bytes of a coordinate. */
  size: number
  p: bigint
  b: bigint
}

const CURVES: ReadonlyMap<unknown, Curve> = new Map([
  ['P-256', { size: 32, p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n, b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn }],
  ['P-384', { size: 48, p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n, b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn }],
  ['P-521', { size: 66, p: 2n ** 521n - 1n, b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n }],
])

/** Coordinates, and what is private of it if it is there, each in its full length. */
export function isOnCurve(crv: unknown, x: string, y: string, d: string | undefined): boolean {
  const curve = CURVES.get(crv)
  const parts = [x, y, d ?? x].map((text) => fromBase64Url(text.replace(/=+$/, '')))
  if (!curve || parts.some(({ length }) => length !== curve.size)) return false
  const { p, b } = curve
  const [u, v] = parts.map(numberOf) as [bigint, bigint]
  return u < p && v < p && (v * v - (u * u * u - 3n * u + b)) % p === 0n
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`)
