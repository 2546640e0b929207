/** References as Go's net/url resolves them: only what has to change does. */
import { escapePath, unescape } from '../../url.ts'

export interface Address {
  readonly scheme: string
  /** With user and port; null: none is written. */
  readonly host: string | null
  /** Escaped. */
  path: string
  /** With its question mark. */
  readonly query: string
  /** With its number sign. */
  readonly fragment: string
}

const PARTS = /^(?:([a-zA-Z][-+.a-zA-Z\d]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/
const ESCAPED_PATH = /^[\w.~!$&'()*+,;=:@[\]%/-]*$/

/** null for what Go's parser refuses. */
export function parseAddress(text: string): Address | null {
  // oxlint-disable-next-line no-control-regex
  const found = /[\x00-\x1f\x7f]/.test(text) ? null : PARTS.exec(text)
  if (!found) return null
  const [, scheme = '', host, path = '', query = '', fragment = ''] = found
  if (scheme === '' && host === undefined && /^[^/]*:/.test(path)) return null
  const plain = unescape(path)
  if (plain === null || (host !== undefined && /[ "<>\\^`{|}]|:(?!\d*$)/.test(host.replace(/^[^@]*@|\[.*\]/g, '')))) return null
  return { scheme: scheme.toLowerCase(), host: host ?? null, path: ESCAPED_PATH.test(path) ? path : escapePath(plain), query, fragment }
}

export function resolve(base: Address, ref: Address): Address {
  if (ref.scheme !== '' && ref.host === null && !ref.path.startsWith('/')) return ref
  if (ref.scheme !== '' || ref.host) return { ...ref, scheme: ref.scheme || base.scheme, path: joinPaths(ref.path, '') }
  const same = ref.path === '' && ref.query === ''
  const fragment = same && ref.fragment === '' ? base.fragment : ref.fragment
  return { scheme: base.scheme, host: base.host, path: joinPaths(base.path, ref.path), query: same ? base.query : ref.query, fragment }
}

/** RFC 3986, §5.2.3 and §5.2.4. */
function joinPaths(base: string, ref: string): string {
  const full = ref === '' ? base : ref.startsWith('/') ? ref : base.slice(0, base.lastIndexOf('/') + 1) + ref
  if (full === '') return ''
  const parts = full.split('/')
  const kept: string[] = []
  for (const part of parts) {
    if (part === '..') kept.pop()
    else if (part !== '.') kept.push(part)
  }
  const joined = `/${kept.join('/')}${/^\.\.?$/.test(parts.at(-1)!) ? '/' : ''}`
  return joined.startsWith('//') ? joined.slice(1) : joined
}

export function formatAddress({ scheme, host, path, query, fragment }: Address): string {
  const start = scheme === '' ? '' : `${scheme}:`
  const authority = host === null && !(scheme !== '' && path.startsWith('/')) ? '' : `//${host ?? ''}`
  return `${start}${authority}${host && path !== '' && !path.startsWith('/') ? '/' : ''}${path}${query}${fragment}`
}
