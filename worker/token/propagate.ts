/** Claims that go on with the request: as headers, and as parameters of url_patterns (security/RULES.md, claims to headers). */
import type { Incoming, JsonObject, Platform } from '../types.ts'
import { member } from '../json/data.ts'
import { claimAt } from './claims.ts'
import { claimText, goText } from './claim-text.ts'

export interface PropagationOptions {
  headers: readonly { path: readonly string[]; header: string }[]
  /** propagate_claims_preserve_array: a list becomes several lines. */
  lists: boolean
  /** Claims that url_patterns ask for as `{JWT.name}`. */
  params: readonly string[]
}

export function createPropagation({ headers, lists, params }: PropagationOptions, { toField }: Platform): (incoming: Incoming, claims: JsonObject) => void {
  // What no Headers takes is replaced by what no request may have (header-value.ts): the request fails once it is sent.
  const fieldOf = (text: string): string => toField(text.replace(/[\r\n\0]/g, '\x01'))
  const withClaims = (from: Headers, claims: JsonObject): Headers => {
    const changed = new Headers(from)
    for (const { path, header } of headers) {
      const claim = claimAt(claims, path)
      if (lists && Array.isArray(claim)) {
        changed.delete(header)
        for (const item of claim) changed.append(header, fieldOf(goText(item)))
        // A claim that is not there hides what the client says.
      } else changed.set(header, claim === undefined ? '' : fieldOf(claimText(claim)))
    }
    return changed
  }
  return (incoming, claims) => {
    if (headers.length) incoming.headers = withClaims(incoming.headers, claims)
    if (params.length) incoming.params = withParams(incoming.params, claims, params)
  }
}

function withParams(from: Incoming['params'], claims: JsonObject, params: readonly string[]): Incoming['params'] {
  const changed = new Map(from)
  for (const name of params) {
    const claim = member(claims, name)
    if (claim !== undefined) changed.set(`JWT.${name}`, claimText(claim))
  }
  return changed
}
