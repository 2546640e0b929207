/**
 * Answers in Cloudflare's cache of the location, which all isolates there share. That cache has rules of its own about what is fresh, and no
 * place for what is not: so an answer lies in it as the body of another one, and security/RULES.md (qos/http-cache) decides.
 */
import type { Entry, Store } from './store.ts'

/** Cloudflare's own bound is higher; an isolate has 128 MB. */
const LARGEST = 10 * 1024 * 1024
/** Stale answers are kept so long: their ETags and stale-if-error may still be of use. */
const KEPT_SECONDS = 86_400
const ENTRY = 'x-cuttle-entry'

export function createLocationStore(open: () => Promise<Cache>): Store {
  return {
    largest: LARGEST,
    async get(key) {
      const found = await (await open()).match(await addressOf(key))
      if (!found) return undefined
      const [status, headers, hasBody] = JSON.parse(decodeURIComponent(found.headers.get(ENTRY)!)) as [number, Entry['headers'], boolean]
      return { status, headers, body: hasBody ? new Uint8Array(await found.arrayBuffer()) : null }
    },
    async put(key, { status, headers, body }) {
      const entry = encodeURIComponent(JSON.stringify([status, headers, body !== null]))
      // Names and values of headers are bounded by the platform; encoded ones may be more than it takes.
      if (entry.length > 16_384) return
      await (await open()).put(await addressOf(key), new Response(body, { headers: { [ENTRY]: entry, 'cache-control': `public, max-age=${KEPT_SECONDS}` } }))
    },
    async delete(key) {
      await (await open()).delete(await addressOf(key))
    },
  }
}

/** Keys hold credentials: only their hash is told to the cache. */
async function addressOf(key: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)))
  return `https://cache.invalid/${hash.toHex()}`
}
