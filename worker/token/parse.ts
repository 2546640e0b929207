/** Reads a token's outside, before anything of it is believed (security/RULES.md, auth/validator: parsing). */
import { fromBase64Url, isBase64Url, parseBytes } from './base64.ts'

export interface Token {
  /** The protected members, and those beside them that no protected one says otherwise. */
  header: { readonly [member: string]: unknown }
  /** Whom it says it is from, unproven; '' if it says nothing. */
  issuer(): string
  /** As jose takes it. */
  jws: { protected: string; payload: string; signature: string; header?: { [member: string]: unknown } }
}

/** Longer ones are refused unread: headers end at about this size on Workers, and reading costs time. */
export const MAX_TOKEN = 64 * 1024

/** null: no token. */
export function parseToken(written: string): Token | null {
  if (written.length > MAX_TOKEN) return null
  const text = /\s/.test(written) ? written.replace(/\s+/g, '') : written
  if (text.startsWith('{')) return parseJson(text)
  const parts = text.split('.')
  return parts.length === 3 ? readParts(parts[0], parts[1], parts[2], undefined) : null
}

/** The flattened form, or the general one with one signature. */
function parseJson(text: string): Token | null {
  const json = objectOf(parseText(text))
  if (!json) return null
  if (json.signatures === undefined) return readParts(json.protected, json.payload, json.signature, json.header)
  const list = json.signatures as unknown[]
  const only = Array.isArray(list) && list.length === 1 ? objectOf(list[0]) : null
  return only && readParts(only.protected, json.payload, only.signature, only.header)
}

function readParts(head: unknown, payload: unknown, signature: unknown, beside: unknown): Token | null {
  const [h, p, s] = [head, payload, signature].map((part) => (typeof part === 'string' ? part.replace(/=+$/, '') : ''))
  if (!h || !isBase64Url(h) || !isBase64Url(p!) || !isBase64Url(s!)) return null
  const own = objectOf(parseBytes(fromBase64Url(h)))
  const more = objectOf(beside ?? {})
  if (!own || !more) return null
  const header = { ...more, ...own }
  if (header.kid !== undefined && header.kid !== null && typeof header.kid !== 'string') return null
  const issuer = (): string => {
    const { iss } = objectOf(parseBytes(fromBase64Url(p!))) ?? {}
    return typeof iss === 'string' ? iss : ''
  }
  return { header, issuer, jws: { protected: h, payload: p!, signature: s!, ...(beside !== undefined && { header: more }) } }
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const objectOf = (value: unknown): { [member: string]: unknown } | null => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { [member: string]: unknown }) : null)
