/** Who is calling where some proxies are trusted: gin's ClientIP (routing/RULES.md §6). */
import { addressBits, createBlockTest } from '../address.ts'
import type { ClientIp, ClientIpOptions } from '../types.ts'
import { firstOf } from './any-proxy.ts'

/** What proxies say counts from a peer that is trusted; otherwise it is the peer. */
export function clientIp({ headers: names, trusted, unchecked }: ClientIpOptions): ClientIp {
  const isTrusted = createBlockTest(trusted ?? [])
  const read = (items: readonly string[]): string | null => fromRight(items, isTrusted)
  return (headers, peer) => {
    const said = unchecked && headers.get(unchecked)
    if (said) return said
    const address = peer()
    const bits = addressBits(address)
    return bits !== null && !isTrusted(bits) ? address : (firstOf(names, headers, read) ?? address)
  }
}

/** From the right: the first address that is not trusted, or the leftmost. null where an item on the way is no address. */
function fromRight(items: readonly string[], isTrusted: (bits: string) => boolean): string | null {
  for (let i = items.length - 1; i >= 0; i--) {
    const bits = addressBits(items[i]!)
    if (bits === null) return null
    if (i === 0 || !isTrusted(bits)) return items[i]!
  }
  return null
}
