/** KrakenD's rules for endpoint paths, url_patterns and hosts (lura's config package, routing/RULES.md §2). */
import { posix } from 'node:path'

const REST_PARAMETER = /\/\{([a-zA-Z\-_0-9]+)\}/g
const ANY_PARAMETER = /\{([\w\-.:/]+)\}/g
const FORBIDDEN = /^[^/]|\*.|\/__(debug|echo|health)(\/.*)?$/
const HOST = /(https?:\/\/)?([a-zA-Z0-9._-]+)(:[0-9]{2,6})?\/?/g
/** Filled by a sequence or by a token's claims, without which they stay as they are; Enterprise's by headers and query strings. */
const FILLED_LATER = /^(resp\d+_.+)?(JWT\.([\w\-.:/]+))?(input_(headers|query_strings)\..+)?$/

/** One slash at the beginning. */
export const cleanPath = (path: string): string => `/${path.replace(/^\//, '')}`

export const isForbidden = (path: string): boolean => FORBIDDEN.test(path)

/** Enterprise's: a star as the last segment stands for all that is below. Only there; `/*rest` is refused. */
export const isWildcard = (path: string): boolean => path.endsWith('/*')
/** Enterprise's: whatever no other endpoint takes, of any method. */
export const CATCH_ALL = '/__catchall'

/** Names of the parameters of an endpoint's path. */
export const parametersOf = (path: string, disableRest: boolean): string[] => [...path.matchAll(disableRest ? ANY_PARAMETER : REST_PARAMETER)].map(([, name]) => name!)

/** gin's spelling of a path: `/users/{id}` → `/users/:id`. What it registers it cleans: `//users/./{id}` is the same path. */
export function ginPath(path: string, parameters: readonly string[]): string {
  const [first, ...rest] = path.split('?')
  return posix.normalize([parameters.reduce((text, name) => text.replaceAll(`{${name}}`, `:${name}`), first!), ...rest].join('?'))
}

/** KrakenD's name of a parameter: the first letter in upper case. */
export const titled = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1)

/** Names that a url_pattern asks for. */
export const placeholdersOf = (pattern: string): string[] => [...new Set([...pattern.matchAll(ANY_PARAMETER)].map(([, name]) => name!))]

export const isFilledLater = (placeholder: string): boolean => FILLED_LATER.test(placeholder)

/** What of a url_pattern the client's headers and query strings fill. */
export const inputsOf = (pattern: string): { parameter: string; from: 'headers' | 'query'; name: string }[] =>
  placeholdersOf(pattern).flatMap((placeholder) => {
    const [, list, name] = /^input_(headers|query_strings)\.(.+)$/.exec(placeholder) ?? []
    if (name === undefined) return []
    const isHeader = list === 'headers'
    return [{ parameter: titled(placeholder), from: isHeader ? ('headers' as const) : ('query' as const), name: isHeader ? name.toLowerCase() : name }]
  })

/** The pattern's literals, and its parameters in lists of one. */
export function splitPattern(pattern: string): (string | [parameter: string])[] {
  const parts: (string | [string])[] = []
  let at = 0
  for (const match of pattern.matchAll(ANY_PARAMETER)) {
    if (match.index > at) parts.push(pattern.slice(at, match.index))
    parts.push([titled(match[1]!)])
    at = match.index + match[0].length
  }
  if (at < pattern.length || !parts.length) parts.push(pattern.slice(at))
  return parts
}

/** The same of a backend behind a wildcard: what the star stands for is put at its path's end. */
export function splitBelow(pattern: string): (string | [parameter: string])[] {
  const [path, ...query] = pattern.split('?')
  const base = splitPattern(`${path!.replace(/\/\*?$/, '')}/`)
  return [...base, ['*'], ...(query.length ? splitPattern(`?${query.join('?')}`) : [])]
}

/** The pattern as KrakenD's messages quote it: `/x/{{.Id}}`. */
export const templateOf = (pattern: string): string => pattern.replace(ANY_PARAMETER, (_, name: string) => `{{.${titled(name)}}}`)

/** The host as KrakenD cleans it; null where it refuses it: there must be one match, which is what is kept. */
export function cleanHost(host: string): string | null {
  const matches = [...host.matchAll(HOST)]
  if (matches.length !== 1) return null
  const [, scheme = 'http://', name, port = ''] = matches[0]!
  return `${scheme}${name}${port}`
}

export const SERVICE_HOST = /^service:\/\/([A-Za-z_][A-Za-z0-9_]*)$/
const PLAIN_HOST = /^(https?|service):\/\/[A-Za-z0-9._~-]+(:\d+)?(\/[A-Za-z0-9\-._~$&+,/:;=@]*)?$/
const PLAIN_PATH = /^[A-Za-z0-9\-._~$&+,/:;=@!'()*[\]]*$/
const PLAIN_QUERY = /^[^\x00-\x20\x7f#]*$/

/** True where Go writes the address just as the texts stand, whatever plain values its parameters have. */
export function isPlain(hosts: readonly string[], parts: readonly (string | readonly [string])[]): boolean {
  if (!hosts.every((host) => PLAIN_HOST.test(host))) return false
  let inQuery = false
  for (const part of parts) {
    if (typeof part !== 'string') {
      if (inQuery) return false
      continue
    }
    const [path, ...query] = inQuery ? ['', part] : part.split('?')
    if (!PLAIN_PATH.test(path!) || !PLAIN_QUERY.test(query.join('?'))) return false
    inQuery ||= query.length > 0
  }
  return true
}
