/**
 * Parts of the answer are signed: each becomes a token (security/RULES.md, auth/signer). It writes the answer itself, so nothing of what
 * belongs to KrakenD's own handler is there: no X-Krakend, no cache_ttl, no output_encoding; any error is a bare 400.
 */
import { discard } from '../../../worker/backend/read.ts'
import { refused } from '../../../worker/errors.ts'
import { dataOf, isObject, member, setMember } from '../../../worker/json/data.ts'
import { canonical } from '../../../worker/json/canonical.ts'
import { createKeeper, type KeeperOptions } from '../../../worker/token/keeper.ts'
import { sign, type SignatureHeader } from '../../../worker/token/sign.ts'
import type { Answer, CreateAnswer, CreateStage, CreateStart, JsonObject } from '../../../worker/types.ts'

export interface Options {
  header: SignatureHeader
  /** keys_to_sign: names at the top of the answer. */
  names: readonly string[]
  full: boolean
  /** null: nobody gets in. */
  keys: KeeperOptions | null
}
type Wanted = Pick<Options, 'header' | 'keys'>

/** 401 where there is no key to sign with. */
export const endpoint: CreateStage<'endpoint', Wanted> = ({ header, keys }, made) => {
  if (!keys) return () => () => Promise.resolve(refused(401))
  const keeper = createKeeper(keys, made)
  return (next) => async (incoming, ctx) => ((await keeper.find(header, ctx)) ? next(incoming, ctx) : refused(401))
}

/** The key set is downloaded once: a key that is used to sign is not exchanged under way. */
export const start: CreateStart<KeeperOptions> = (options, made) => createKeeper(options, made).load

export const answer: CreateAnswer<Options> = ({ header, names, full, keys }, made) => {
  const keeper = createKeeper(keys!, made)
  return async ({ answer: found, errors }) => {
    const key = keeper.key(header)
    if (!found || errors.length || !key) return refused(400)
    // What goes through unread has nothing to sign.
    if (found.body.kind === 'raw') discard(found.body.response)
    const data = dataOf(found.body)
    if (data) await signMembers(data, names, (value) => sign(value, header, key, full))
    return new Response(canonical(data), { status: found.status || 200, headers: headersOf(found) })
  }
}

/** Of each header that scripts have set, the first (krakend-jose, gin/jose.go). What an upstream sent is not among them. */
function headersOf({ headers, body }: Answer): Headers {
  const own = new Headers()
  if (body.kind !== 'raw') for (const [name, value] of headers ?? []) if (!own.has(name)) own.set(name, value)
  if (!own.has('content-type')) own.set('content-type', 'application/json; charset=utf-8')
  return own
}

async function signMembers(data: JsonObject, names: readonly string[], signed: (value: JsonObject) => Promise<string>): Promise<void> {
  for (const name of names) {
    const value = member(data, name)
    if (isObject(value)) setMember(data, name, await signed(value))
  }
}
