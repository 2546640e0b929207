/** Where a request has its token: a header, or else a cookie (security/RULES.md, auth/validator). */
import type { Incoming } from '../types.ts'

/** The header's value without a `Bearer ` in front, or the cookie's. null: there is none. An empty header counts as absent. */
export function locateToken({ headers }: Incoming, header: string, cookie: string): string | null {
  const value = header && headers.get(header)
  if (value) return value.length > 7 && value.slice(0, 7).toLowerCase() === 'bearer ' ? value.slice(7) : value
  const cookies = headers.get('cookie')
  return cookies === null ? null : cookieOf(cookies, cookie)
}

/** What Go takes for a cookie's value: none that has one of these is a cookie. */
const NOT_IN_VALUES = /[^ -~]|["\\]/

/** The first cookie of the name. */
function cookieOf(cookies: string, name: string): string | null {
  // Browsers join cookies with semicolons, HTTP/2 in front of a platform may split them: those are joined again by commas or semicolons.
  for (const part of cookies.split(';')) {
    const at = part.indexOf('=')
    if (at < 0 || part.slice(0, at).trim() !== name) continue
    const written = part.slice(at + 1).trim()
    const value = written.length > 1 && written.startsWith('"') && written.endsWith('"') ? written.slice(1, -1) : written
    if (!NOT_IN_VALUES.test(value)) return value || null
  }
  return null
}
