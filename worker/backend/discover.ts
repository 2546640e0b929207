/**
 * `sd: dns`: hosts from SRV records, as lura's dnssrv reads them: those of the first priority, each as often as its weight says. A
 * list is used until its time is up and is then renewed behind the request; where that fails the old one stays.
 */
import { fail, NO_HOSTS } from '../errors.ts'
import type { CreateStage, SrvRecord } from '../types.ts'
import { resolveOverHttps } from './dns-over-https.ts'

export interface DiscoverOptions {
  name: string
  /** sd_scheme. */
  scheme: string
  ttlMs: number
  /** Where DNS is asked over HTTPS, on platforms that can't ask it otherwise. */
  resolver: string
}

export const backend: CreateStage<'backend', DiscoverOptions> = ({ name, scheme, ttlMs, resolver }, { platform }) => {
  const resolve = (): Promise<readonly SrvRecord[]> => platform.resolveSrv?.(name) ?? resolveOverHttps(name, resolver)
  let hosts: readonly string[] = []
  let staleAt = 0
  const renew = async (): Promise<void> => {
    try {
      hosts = hostsOf(await resolve(), scheme)
      staleAt = platform.now() + ttlMs
    } catch (error) {
      platform.log('warning', `SRV ${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return (next) => async (request, ctx) => {
    if (!hosts.length) await ctx.deadline.race(renew(), undefined)
    else if (platform.now() >= staleAt) {
      // One request renews; the others go on with what there is until it is done.
      staleAt = platform.now() + ttlMs
      ctx.waitUntil(renew())
    }
    return hosts.length ? next({ ...request, hosts }, ctx) : fail(NO_HOSTS)
  }
}

/** More entries than this say nothing about weights that a random choice could show (lura's scale, or one for each record). */
const MOST = 100

export function hostsOf(records: readonly SrvRecord[], scheme: string): string[] {
  const first = Math.min(...records.map(({ priority }) => priority))
  const chosen = records.filter(({ priority }) => priority === first)
  const total = chosen.reduce((sum, { weight }) => sum + weight, 0)
  const most = Math.max(MOST, chosen.length)
  return chosen.flatMap(({ target, port, weight }) => {
    const host = `${scheme}://${target.replace(/\.$/, '')}:${port}`
    // Weights of zero all round mean no preference; lura finds no host then.
    const times = total === 0 ? 1 : total <= most ? weight : Math.trunc((weight * most) / total)
    return Array<string>(times).fill(host)
  })
}
