/** Requests by the client's address: only those of a list, or all but those (KrakenD Enterprise, ip-filter). */
import { addressBits, createBlockTest } from '../address.ts'
import { clientIp as fromAnyProxy } from '../client-ip/any-proxy.ts'
import { clientIp as fromTrustedProxies } from '../client-ip/trusted-proxies.ts'
import type { ClientIpOptions, Platform, Serve } from '../types.ts'

export interface IpFilterOptions {
  /** CIDR blocks with their length. */
  blocks: readonly string[]
  /** true: only these pass. false: these don't. */
  allow: boolean
  /** How the address is found; null: as everywhere in the gateway. */
  client: ClientIpOptions | null
}

/** An address that can't be read is in no list. */
export function createIpFilter({ blocks, allow, client }: IpFilterOptions, platform: Platform): (next: Serve) => Serve {
  const isListed = createBlockTest(blocks)
  const find = client && (client.trusted ? fromTrustedProxies : fromAnyProxy)(client)
  return (next) => (incoming, ctx) => {
    const bits = addressBits(find ? find(incoming.headers, () => platform.peer(incoming.raw, ctx.env)) : incoming.clientIp())
    const listed = bits !== null && isListed(bits)
    return listed === allow ? next(incoming, ctx) : Promise.resolve(new Response(null, { status: 403 }))
  }
}
