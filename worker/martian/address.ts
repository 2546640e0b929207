/** An address in Go's parts (net/url): the path is kept decoded, and as it was written as long as that is still the same. */
import { escapePath, unescape } from '../url.ts'

export interface Address {
  scheme: string
  user: string
  host: string
  path: string
  written: string
  query: string
}

/** Of an address that is known to be good: one that a call would go to. */
export function readAddress(text: string): Address {
  const colon = text.indexOf('://')
  const start = text.indexOf('/', colon + 3)
  const mark = text.indexOf('?', start)
  const authority = text.slice(colon + 3, start)
  const at = authority.lastIndexOf('@') + 1
  const written = mark < 0 ? text.slice(start) : text.slice(start, mark)
  return { scheme: text.slice(0, colon), user: authority.slice(0, at), host: authority.slice(at), path: unescape(written) ?? written, written, query: mark < 0 ? '' : text.slice(mark + 1) }
}

/** Go keeps the written form while it still stands for the path; otherwise it writes the path anew. */
export function writeAddress({ scheme, user, host, path, written, query }: Address): string {
  const text = unescape(written) === path ? written : escapePath(path)
  return `${scheme}://${user}${host}${text.startsWith('/') ? '' : '/'}${text}${query === '' ? '' : `?${query}`}`
}

/** Host and port of `name:port`; null: no port. */
export function splitPort(host: string): { name: string; port: string | null } {
  const found = /^(.*):(\d*)$/.exec(host)
  return found && !found[1]!.endsWith(':') ? { name: found[1]!, port: found[2]! } : { name: host, port: null }
}

export const DEFAULT_PORTS: { readonly [scheme: string]: number } = { http: 80, https: 443 }

/** Martian's MatchHost: read from the end, a star stands for one label, or for what is left of one. */
export function matchesHost(host: string, pattern: string): boolean {
  if (host === '' || host === pattern) return host !== ''
  let at = host.length - 1
  for (let i = pattern.length - 1; i >= 0; i--) {
    if (pattern[i] === '*') {
      while (at > 0 && host[at] !== '.') at--
      if (i === 0 && at === 0) return true
    } else {
      if (host[at] !== pattern[i]) return false
      if (at === 0) return i === 0
      at--
    }
  }
  return false
}
