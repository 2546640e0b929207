/**
 * Tokens that were revoked before their time. KrakenD's nodes hold a bloom filter each, which is filled over RPC; here there is one list
 * for all nodes (docs/authentication.md): a text with a line `CLAIM-VALUE` for each revoked value, as KrakenD's filter names it.
 */
import { readBody } from '../backend/read.ts'
import { member } from '../json/data.ts'
import type { Fetch, JsonObject, Made, Outside, Platform } from '../types.ts'

export interface RevokerOptions {
  /** token_keys. */
  claims: readonly string[]
  /** A KV namespace whose entry `revoked` is the list, the list's address, or a service. */
  binding: string
  /** Each token is asked for. false: the list is read again after 60 s. */
  immediate: boolean
  /** What becomes of tokens where nobody can say. */
  onFailure: 'deny' | 'allow'
}
/** True: it is revoked. */
export type IsRevoked = (claims: JsonObject, ctx: Outside) => boolean | Promise<boolean>

const LIST = 'revoked'
const FRESH_MS = 60_000
const TIMEOUT_MS = 5000
/** Some 200,000 lines. */
const MAX_BYTES = 8 * 1024 * 1024

export function createRejecter(options: RevokerOptions, made: Made): IsRevoked {
  const { platform } = made
  const bound = platform.binding(options.binding)
  if (bound === undefined || bound === null || bound === '') {
    // As in a KrakenD that nobody has told anything.
    platform.log('warning', `auth/revoker: nothing is bound to ${options.binding}: no token is revoked`)
    return () => false
  }
  const namesOf = (claims: JsonObject): string[] => options.claims.flatMap((claim) => {
    const value = member(claims, claim)
    return typeof value === 'string' ? [`${claim}-${value}`] : []
  })
  const onFailure = (error: unknown): boolean => {
    platform.log('error', `auth/revoker: ${error instanceof Error ? error.message : String((error as { message?: unknown }).message)}`)
    return options.onFailure === 'deny'
  }
  return options.immediate ? createAsking(bound, namesOf, onFailure, platform) : createListed(bound, namesOf, onFailure, platform)
}

type NamesOf = (claims: JsonObject) => string[]
type OnFailure = (error: unknown) => boolean

/** The list, read anew behind a request once it is 60 s old. Where that fails the old one goes on counting. */
function createListed(bound: unknown, namesOf: NamesOf, onFailure: OnFailure, platform: Platform): IsRevoked {
  let list: ReadonlySet<string> | null = null
  let staleAt = 0
  const read = async (): Promise<void> => {
    const text = await inTime((signal) => readList(bound, signal, platform), platform)
    list = new Set(text.split('\n').map((line) => line.trim()))
    staleAt = platform.now() + FRESH_MS
  }
  return async (claims, { waitUntil }) => {
    const names = namesOf(claims)
    if (!names.length) return false
    if (!list) {
      try {
        await read()
      } catch (error) {
        return onFailure(error)
      }
    } else if (platform.now() >= staleAt) {
      staleAt = platform.now() + FRESH_MS
      waitUntil(read().catch(onFailure))
    }
    return names.some((name) => list!.has(name))
  }
}

interface Namespace {
  get(key: string, type: 'text'): Promise<string | null>
}

async function readList(bound: unknown, signal: AbortSignal | null, platform: Platform): Promise<string> {
  if (typeof bound !== 'string') return (await (bound as Namespace).get(LIST, 'text')) ?? ''
  const response = await ask(platform.fetch, bound, signal)
  if (response.status === 404) return ''
  if (response.status !== 200) throw new Error(`${bound} answers ${response.status}`)
  return new TextDecoder().decode(await readBody(response, MAX_BYTES))
}

/** A service that knows: 404 says that the name is not revoked, 200 that it is. */
function createAsking(bound: unknown, namesOf: NamesOf, onFailure: OnFailure, platform: Platform): IsRevoked {
  const [base, fetch] = typeof bound === 'string' ? [bound.replace(/\/$/, ''), platform.fetch] : ['http://revoked', (url: string, init: Parameters<Fetch>[1]) => (bound as { fetch: Fetch }).fetch(url, init)]
  const isRevoked = async (name: string): Promise<boolean> => {
    const { status, body } = await inTime((signal) => ask(fetch, `${base}/${encodeURIComponent(name)}`, signal), platform)
    await body?.cancel()
    if (status !== 200 && status !== 404) throw new Error(`the service answers ${status}`)
    return status === 200
  }
  return async (claims) => {
    try {
      return (await Promise.all(namesOf(claims).map(isRevoked))).includes(true)
    } catch (error) {
      return onFailure(error)
    }
  }
}

const ask = (fetch: Fetch, url: string, signal: AbortSignal | null): Promise<Response> => fetch(url, { method: 'GET', headers: {}, body: null, length: null, redirect: 'manual', signal, buffer: MAX_BYTES, gzip: true })

/** Where the platform ends calls by a signal it is the signal that ends this one. */
async function inTime<T>(begin: (signal: AbortSignal | null) => Promise<T>, platform: Platform): Promise<T> {
  const deadline = platform.startDeadline(TIMEOUT_MS)
  const work = begin(deadline.signal).then((value) => ({ value }), (error: unknown) => {
    if (deadline.over()) return null
    throw error
  })
  const found = await deadline.race<{ value: T } | null>(work, null)
  deadline.clear()
  if (!found) throw new Error(`no answer in ${TIMEOUT_MS} ms`)
  return found.value
}
