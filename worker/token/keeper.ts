/** Keys to sign with: their set is read once, as KrakenD does at its start. Where that failed it is tried again with the next request. */
import { withoutSecrets } from '../errors.ts'
import type { Made, Outside, Platform } from '../types.ts'
import { createDownload } from './download.ts'
import { importKey } from './import-key.ts'
import { type Key, parseKeySet } from './jwk.ts'

export type KeeperOptions = { kind: 'file'; text: string } | { kind: 'binding'; name: string } | { kind: 'url'; url: string }

export interface Wanted {
  alg: string
  kid: string
}
export interface Keeper {
  /** Reads the set. */
  load(ctx: Outside): Promise<void>
  /** The key, read if it must be. null: there is none that can sign so. */
  find(wanted: Wanted, ctx: Outside): Promise<CryptoKey | null>
  /** The key, if it has been found. */
  key(wanted: Wanted): CryptoKey | null
}

interface Kept {
  keys: readonly Key[] | null
  usable: Map<string, CryptoKey | null>
}
/** Sets by where they come from, of the isolate: as many as the configuration names. */
const sets = new WeakMap<Platform, Map<string, Kept>>()

export function createKeeper(options: KeeperOptions, made: Made): Keeper {
  const { platform } = made
  const kept = keptOf(platform, JSON.stringify(options))
  const download = options.kind === 'url' ? createDownload(made) : null
  const load = async (ctx: Outside): Promise<void> => {
    if (kept.keys) return
    try {
      if (options.kind === 'url') kept.keys = download!.early(options.url) ?? (await download!.keys(options.url, ctx))
      else kept.keys = parseKeySet(options.kind === 'file' ? options.text : (platform.binding(options.name) as string))
    } catch (error) {
      platform.log('error', withoutSecrets(`${options.kind === 'url' ? options.url : 'the key set'}: ${error instanceof Error ? error.message : String((error as { message?: unknown }).message)}`))
    }
  }
  const nameOf = ({ alg, kid }: Wanted): string => `${alg} ${kid}`
  const key = (wanted: Wanted): CryptoKey | null => kept.usable.get(nameOf(wanted)) ?? null
  return {
    load,
    key,
    async find(wanted, ctx) {
      await load(ctx)
      if (kept.keys && !kept.usable.has(nameOf(wanted))) {
        const found = kept.keys.findLast(({ jwk }) => (jwk.kid ?? '') === wanted.kid)
        kept.usable.set(nameOf(wanted), found ? await importKey(found, wanted.alg, 'sign') : null)
      }
      return key(wanted)
    },
  }
}

function keptOf(platform: Platform, name: string): Kept {
  let all = sets.get(platform)
  if (!all) sets.set(platform, (all = new Map()))
  let kept = all.get(name)
  if (!kept) all.set(name, (kept = { keys: null, usable: new Map() }))
  return kept
}
