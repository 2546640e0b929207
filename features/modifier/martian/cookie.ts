/** Cookies as Go writes them (net/http, cookie.go; transform/RULES.md §1). */
import { isIPv4 } from 'node:net'
import type { Fields } from './fields.ts'

/** What a request's Cookie header is given. */
export const requestCookie = (fields: Fields): string => `${fields.text('name').replaceAll(/[\r\n]/g, '-')}=${writeValue(fields.text('value'))}`

/** A Set-Cookie header. One whose name HTTP does not allow is empty. */
export function responseCookie(fields: Fields): string {
  const name = fields.text('name')
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return ''
  const path = fields.text('path').replaceAll(/[^\x20-\x7e]|;/g, '')
  const domain = fields.text('domain')
  const expires = fields.time('expires')
  const maxAge = fields.whole('maxAge')
  return [
    `${name}=${writeValue(fields.text('value'))}`,
    ...(path ? [`Path=${path}`] : []),
    ...(isDomain(domain) ? [`Domain=${domain.replace(/^\./, '')}`] : []),
    ...(expires && expires.getUTCFullYear() >= 1601 ? [`Expires=${expires.toUTCString()}`] : []),
    ...(maxAge ? [`Max-Age=${Math.max(maxAge, 0)}`] : []),
    ...(fields.flag('httpOnly') ? ['HttpOnly'] : []),
    ...(fields.flag('secure') ? ['Secure'] : []),
  ].join('; ')
}

/** Bytes that no cookie may have are dropped; a blank or a comma has it quoted. */
function writeValue(value: string): string {
  const kept = value.replaceAll(/[^\x20-\x7e]|[";\\]/g, '')
  return /[ ,]/.test(kept) ? `"${kept}"` : kept
}

function isDomain(domain: string): boolean {
  if (isIPv4(domain)) return true
  const name = domain.replace(/^\./, '')
  return name.length > 0 && domain.length <= 255 && /[A-Za-z]/.test(name) && name.split('.').every((label) => /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/.test(label))
}
