/**
 * Outlier ejection, `eject` of backend/http/client: a host that failed several times in a row is left out for a while, unless all
 * are. What an isolate has seen of a host counts for every backend of the same settings; isolates tell each other nothing.
 */
import { withoutSecrets } from '../errors.ts'
import { createRecent, type Recent } from '../token/recent.ts'
import type { Platform } from '../types.ts'
import { pickOne } from './pick.ts'

export interface EjectOptions {
  /** So many failures in a row. */
  after: number
  forMs: number
}

export interface Hosts {
  /** One at random: of those that were not tried yet, preferably one that is not left out. undefined: there is none at all. */
  choose(hosts: readonly string[], tried: readonly string[]): string | undefined
  tell(host: string, good: boolean): void
}

interface Record {
  /** In a row. */
  failures: number
  /** Left out until then. */
  until: number
}

/** Hosts come from the configuration or from discovery: more are forgotten, which is to say that they are asked again. */
const KNOWN = 1000
const stores = new WeakMap<Platform, Map<string, Recent<Record>>>()

export function createHosts(options: EjectOptions | null, platform: Platform): Hosts {
  if (!options) return { choose: (hosts, tried) => pickOne(hosts.filter((host) => !tried.includes(host))) ?? pickOne(hosts), tell: () => undefined }
  const { after, forMs } = options
  const records = recordsOf(platform, JSON.stringify(options))
  const isOut = (host: string): boolean => {
    const record = records.get(host)
    return record !== undefined && record.failures >= after && platform.now() < record.until
  }
  return {
    choose(hosts, tried) {
      const untried = tried.length ? hosts.filter((host) => !tried.includes(host)) : hosts
      const host = pickOne(untried.filter((one) => !isOut(one))) ?? pickOne(untried) ?? pickOne(hosts)
      const record = host === undefined ? undefined : records.get(host)
      // Its time is up: this call finds out how it is, while others go on without it.
      if (record && record.failures >= after) record.until = platform.now() + forMs
      return host
    },
    tell(host, good) {
      const record = records.get(host)
      if (good) {
        if (record) record.failures = 0
        return
      }
      const failures = (record?.failures ?? 0) + 1
      records.set(host, { failures, until: platform.now() + forMs })
      if (failures === after) platform.log('warning', `${withoutSecrets(host)}: left out for ${forMs} ms after ${after} failures in a row`)
    },
  }
}

function recordsOf(platform: Platform, settings: string): Recent<Record> {
  let all = stores.get(platform)
  if (!all) stores.set(platform, (all = new Map()))
  let records = all.get(settings)
  if (!records) all.set(settings, (records = createRecent(KNOWN)))
  return records
}
