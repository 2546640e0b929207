/** 401 without an API key that has one of the roles, 429 beyond the key's rate. From KrakenD's Enterprise edition (docs/authentication.md). */
import { refused } from '../../../worker/errors.ts'
import { createBuckets, type Rate } from '../../../worker/limit/bucket.ts'
import { digest, type Hash } from '../../../worker/password/digest.ts'
import type { CreateStage, Incoming } from '../../../worker/types.ts'
import { parseQuery } from '../../../worker/url.ts'

export interface Options {
  /** The binding with the keys; null: nobody gets in. */
  binding: string | null
  roles: readonly string[]
  strategy: 'header' | 'query_string'
  identifier: string
  hash: Hash | 'plain'
  /** The header that tells the upstream the role. */
  roleHeader: string | null
  /** Of each key. */
  rate: Rate | null
}
/** What the binding holds, as JSON. */
export interface Keys {
  salt: string
  keys: readonly { key: string; roles: readonly string[] }[]
}

export const endpoint: CreateStage<'endpoint', Options> = (options, { platform }) => {
  if (options.binding === null) return () => () => Promise.resolve(refused(401))
  const { salt, keys } = readKeys(platform.binding(options.binding), options.binding)
  const { hash, strategy, identifier, roles, roleHeader } = options
  const buckets = options.rate && createBuckets(options.rate, platform.now)
  // Plain keys are compared by their digests too.
  let table: Promise<Map<string, readonly string[]>> | null = null
  const digestOf = (key: string): Promise<string> => (hash === 'plain' ? digest('sha256', key) : digest(hash, salt + key))
  const makeTable = async (): Promise<Map<string, readonly string[]>> =>
    new Map(await Promise.all(keys.map(async ({ key, roles: own }) => [hash === 'plain' ? await digestOf(key) : key.toLowerCase(), own] as const)))
  return (next) => async (incoming, ctx) => {
    const key = locateKey(incoming, strategy, identifier)
    if (!key) return refused(401)
    const found = await digestOf(key)
    const own = (await (table ??= makeTable())).get(found)
    const role = own?.find((one) => roles.includes(one))
    if (role === undefined) return refused(401)
    if (buckets && !buckets(found).take()) return refused(429)
    if (roleHeader !== null) incoming.headers = withHeader(incoming.headers, roleHeader, role)
    return next(incoming, ctx)
  }
}

function readKeys(text: unknown, name: string): Keys {
  if (typeof text !== 'string') throw new Error(`nothing is bound to ${name}: the API keys are a secret of this gateway`)
  return JSON.parse(text) as Keys
}

function locateKey({ headers, search }: Incoming, strategy: Options['strategy'], identifier: string): string | undefined {
  if (strategy === 'query_string') return parseQuery(search).get(identifier)?.[0]
  return headers.get(identifier)?.replace(/^bearer +/i, '')
}

function withHeader(from: Headers, name: string, value: string): Headers {
  const changed = new Headers(from)
  changed.set(name, value)
  return changed
}
