/** Endpoints by the host that was asked (KrakenD Enterprise): `/{path}` at a known host is `/__virtual/{alias}/{path}`. */
import { movedPermanently } from './moved.ts'
import type { CreateStage } from './types.ts'

export interface VirtualHostOptions {
  /** Host → the name that its endpoints have. */
  hosts: { readonly [host: string]: string }
}
const PREFIX = '/__virtual'

export const service: CreateStage<'service', VirtualHostOptions> = ({ hosts }) => {
  const aliases = new Map(Object.entries(hosts))
  return (next) => async (incoming, ctx) => {
    const alias = aliases.get(incoming.headers.get('host')?.toLowerCase() ?? '')
    // A host's endpoints are its own: nobody comes to them by another name.
    if (alias === undefined && incoming.path.startsWith(`${PREFIX}/`)) incoming.path = PREFIX
    if (alias === undefined) return next(incoming, ctx)
    const prefix = `${PREFIX}/${alias}`
    incoming.path = prefix + incoming.path
    const response = await next(incoming, ctx)
    const location = response.headers.get('location')
    // The router redirects to the path that it knows.
    if (!location?.startsWith(`${prefix}/`)) return response
    const own = location.slice(prefix.length)
    if (response.status === 301) return movedPermanently(incoming.method, own, (text) => text)
    response.headers.set('location', own)
    return response
  }
}
