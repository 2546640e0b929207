/** What a token says of itself, checked (security/RULES.md, auth/validator: time, roles, scopes). */
import { isObject, member } from '../json/data.ts'
import type { JsonObject } from '../types.ts'

export interface Expected {
  issuer: string | null
  audience: readonly string[]
  leewayMs: number
}

/** True if it is the time of the token, and it is from whom and for whom it should be. Names are text wherever they stand. */
export function areValid(claims: JsonObject, { issuer, audience, leewayMs }: Expected, nowMs: number): boolean {
  for (const name of ['iss', 'sub', 'jti']) if (!isTextOrAbsent(member(claims, name))) return false
  const audiences = audiencesOf(claims)
  if (!audiences || !audience.every((wanted) => audiences.includes(wanted))) return false
  if (issuer !== null && member(claims, 'iss') !== issuer) return false
  const [from, to, issued] = ['nbf', 'exp', 'iat'].map((name) => dateOf(member(claims, name)))
  if (from === undefined || to === undefined || issued === undefined) return false
  return !(from !== null && nowMs + leewayMs < from) && !(to !== null && nowMs - leewayMs > to) && !(issued !== null && nowMs + leewayMs < issued)
}

const isTextOrAbsent = (value: unknown): boolean => value === undefined || value === null || typeof value === 'string'

function audiencesOf(claims: JsonObject): readonly unknown[] | null {
  const value = member(claims, 'aud')
  if (value === undefined || typeof value === 'string') return value === undefined ? [] : [value]
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null
}

/** Milliseconds; null if absent, undefined if it is no date. Fractions of a second are cut. */
function dateOf(value: unknown): number | null | undefined {
  if (value === undefined || value === null) return null
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) * 1000 : undefined
}

/** The claim at a path of names. */
export function claimAt(claims: JsonObject, path: readonly string[]): unknown {
  let value: unknown = claims
  for (const name of path) {
    if (!isObject(value)) return undefined
    value = member(value, name)
  }
  return value
}

/** Any of the roles. Throws as KrakenD panics, where one that is no text comes before the one that is looked for. */
export function hasRole(claim: unknown, roles: readonly string[]): boolean {
  const own: readonly unknown[] = Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(' ') : []
  return roles.some((role) => own.some((one) => textOrPanic(one) === role))
}

export function hasScopes(claim: unknown, { names, all }: { names: readonly string[]; all: boolean }): boolean {
  const own: readonly unknown[] = Array.isArray(claim) ? claim.map(textOrPanic) : typeof claim === 'string' ? claim.split(' ') : []
  return all ? names.every((name) => own.includes(name)) : names.some((name) => own.includes(name))
}

function textOrPanic(value: unknown): string {
  if (typeof value === 'string') return value
  throw new Error('interface conversion: a role or scope is no text')
}
