/**
 * Routes of Cloudflare zones, so that of a zone only the gateway's paths reach it. A pattern may have a star at its end alone, and
 * is compared with the query too: so `/users` is `/users*`, and `/users/{id}/orders` is `/users/*`.
 */
import { UserError } from '../diagnostics.ts'
import type { EdgeHost } from '../normalise/edge.ts'
import type { PlannedEndpoint } from '../plan.ts'

/** As wrangler's `routes` has them: without a zone wrangler looks for the one that the host is in. */
export type Route = string | { readonly pattern: string; readonly zone_name: string }

/** Cloudflare takes as many of a zone. */
const MOST = 1000

/** What all URLs of a path begin with. */
export const beginningOf = (path: string): string => encodeURI(/^[^:*?]*/.exec(path)![0])

/** Without those that a shorter one covers; of too many, shorter ones are made. */
export function beginningsOf(paths: readonly string[]): string[] {
  const all = reduce(paths.map(beginningOf))
  for (let depth = 12; all.length > MOST && depth > 0; depth--) {
    const cut = reduce(all.map((text) => text.split('/').slice(0, depth + 1).join('/') + (text.split('/').length > depth + 1 ? '/' : '')))
    if (cut.length <= MOST) return cut
  }
  return all.length > MOST ? ['/'] : all
}

function reduce(texts: readonly string[]): string[] {
  const kept: string[] = []
  for (const text of [...new Set(texts)].toSorted()) if (!kept.length || !text.startsWith(kept.at(-1)!)) kept.push(text)
  return kept
}

export const routesOf = (beginnings: readonly string[], hosts: readonly EdgeHost[]): Route[] =>
  hosts.flatMap(({ host, zone }) => beginnings.map((text): Route => (zone === null ? `${host}${text}*` : { pattern: `${host}${text}*`, zone_name: zone })))

export const patternOf = (route: unknown): string => (typeof route === 'string' ? route : String((route as { pattern?: unknown } | null)?.pattern))

/** A Worker of its own for some endpoints. */
export interface Part {
  name: string
  endpoints: readonly PlannedEndpoint[]
}

/**
 * Beginnings by part. The longest that fits a URL decides which Worker gets it, whatever its method: an endpoint whose URLs could begin
 * as another part's is refused.
 */
export function splitBeginnings(parts: readonly Part[]): string[][] {
  const own = parts.map(({ endpoints }) => [...new Set(endpoints.map(({ path }) => beginningOf(path)))])
  for (const [i, part] of parts.entries()) {
    for (const { method, path, written } of part.endpoints) {
      if (written === null) continue
      const begins = beginningOf(path)
      for (const [j, others] of own.entries()) {
        const taken = i === j ? undefined : others.find((other) => isPreferred(other, begins) && canBeginWith(path, other))
        if (taken !== undefined) throw new UserError(`--split: requests for ${method} ${written} of the group ${part.name} could go to the group ${parts[j]!.name}, whose route is ${taken}*: put both into one group with "cuttle/group"`)
      }
    }
  }
  // One that a shorter one of the same part covers is needed only where another part's stands between.
  return own.map((texts, i) => texts.filter((text) => !texts.some((shorter) => shorter !== text && text.startsWith(shorter) && !own.some((others, j) => j !== i && others.some((other) => other.startsWith(shorter) && text.startsWith(other))))).toSorted())
}

/** The longer one is, and `/images*` is preferred to `/images/*` (Cloudflare's known issues). */
const isPreferred = (other: string, begins: string): boolean => other.startsWith(begins) || `${other}/` === begins

/** True if a URL of the path, in gin's spelling, can begin with the text. */
function canBeginWith(path: string, text: string): boolean {
  const segments = path.split('/').map((segment) => (/[:*]/.test(segment) ? segment : encodeURI(segment)))
  const wanted = text.split('/')
  if (segments.length < wanted.length && !segments.at(-1)!.startsWith('*')) return false
  return wanted.every((part, i) => {
    const segment = segments[Math.min(i, segments.length - 1)]!
    if (/[:*]/.test(segment)) return true
    return i === wanted.length - 1 ? segment.startsWith(part) : segment === part
  })
}
