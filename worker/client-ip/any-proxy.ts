/** Who is calling where every proxy is trusted, KrakenD's default: gin's ClientIP (routing/RULES.md §6). */
import { isAddress } from '../address.ts'
import type { ClientIp, ClientIpOptions } from '../types.ts'

/** Asking for the peer costs more than reading headers: it is asked for only if those say nothing. */
export function clientIp({ headers: names, unchecked }: ClientIpOptions): ClientIp {
  return (headers, peer) => (unchecked && headers.get(unchecked)) || (firstOf(names, headers, leftmost) ?? peer())
}

/** What the first of the headers says that says something. */
export function firstOf(names: readonly string[], headers: Headers, read: (items: readonly string[]) => string | null): string | null {
  for (const name of names) {
    const value = headers.get(name)
    const client = value ? read(value.split(',').map((item) => item.trim())) : null
    if (client !== null) return client
  }
  return null
}

const leftmost = (items: readonly string[]): string | null => (items.every(isAddress) ? items[0]! : null)
