/** Where a request has its token: a header, or else a cookie (security/RULES.md, auth/validator). */
import type { Incoming } from '../types.ts'
import { cookieOf } from './cookie.ts'

/** The header's value without a `Bearer ` in front, or the cookie's. null: there is none. An empty one counts as absent. */
export function locateToken({ headers }: Incoming, header: string, cookie: string): string | null {
  const value = header && headers.get(header)
  if (value) return value.length > 7 && value.slice(0, 7).toLowerCase() === 'bearer ' ? value.slice(7) : value
  const cookies = headers.get('cookie')
  return (cookies && cookieOf(cookies, cookie)) || null
}
