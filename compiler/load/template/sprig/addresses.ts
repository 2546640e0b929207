/** Sprig's paths and URLs. */
import path from 'node:path/posix'
import { CallError } from '../../../../worker/template/error.ts'
import { fn, type Functions } from '../../../../worker/template/function.ts'
import { type Dict, kindOf, type Value } from '../../../../worker/template/value.ts'

/** Go's path.Clean: no slash at the end. */
const clean = (text: string): string => (text === '' ? '.' : path.normalize(text).replace(/(?<=.)\/$/, ''))
const base = (text: string): string => (text === '' ? '.' : /^\/+$/.test(text) ? '/' : path.basename(text))
const dir = (text: string): string => clean(text.slice(0, text.lastIndexOf('/') + 1))
const ext = (text: string): string => /\.[^./]*$/.exec(text)?.[0] ?? ''

function unescape(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new CallError(`unable to parse url: invalid URL escape in ${JSON.stringify(text)}`)
  }
}

const ADDRESS = /^(?:([A-Za-z][A-Za-z\d+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

function parse(text: string): Dict {
  const [, scheme = '', userinfo = '', host = '', rest = '', query = '', fragment = ''] = ADDRESS.exec(text) ?? []
  const isOpaque = scheme !== '' && !text.includes('://') && !rest.startsWith('/')
  return new Map<string, Value>(Object.entries({
    scheme: scheme.toLowerCase(), userinfo, host, query, hostname: host.replace(/:\d*$/, '').replace(/^\[|\]$/g, ''),
    path: isOpaque ? '' : unescape(rest), opaque: isOpaque ? rest : '', fragment: unescape(fragment),
  }))
}

function textAt(parts: Dict, key: string): string {
  const value = parts.get(key)
  if (value === undefined) return ''
  if (typeof value !== 'string') throw new CallError(`unable to parse ${key} key, must be of type string, but ${kindOf(value)} found`)
  return value
}

const escapePath = (text: string): string => encodeURI(text).replace(/[?#]/g, encodeURIComponent)

function join(parts: Dict): string {
  const [scheme, userinfo, host, rest, query, opaque, fragment] = ['scheme', 'userinfo', 'host', 'path', 'query', 'opaque', 'fragment'].map((key) => textAt(parts, key)) as [string, string, string, string, string, string, string]
  const authority = scheme || host || userinfo ? (host || rest || userinfo ? (host || userinfo || rest.startsWith('//') ? `//${userinfo && `${userinfo}@`}${host}` : scheme ? '//' : '') : '') : ''
  const slash = rest && !rest.startsWith('/') && host ? '/' : ''
  return `${scheme && `${scheme}:`}${opaque || `${authority}${slash}${escapePath(rest)}`}${query && `?${query}`}${fragment && `#${escapePath(fragment)}`}`
}

export const addressFunctions: Functions = {
  base: fn(['string'], base),
  dir: fn(['string'], dir),
  clean: fn(['string'], clean),
  ext: fn(['string'], ext),
  isAbs: fn(['string'], (text) => text.startsWith('/')),
  osBase: fn(['string'], base),
  osDir: fn(['string'], dir),
  osClean: fn(['string'], clean),
  osExt: fn(['string'], ext),
  osIsAbs: fn(['string'], (text) => text.startsWith('/')),
  urlParse: fn(['string'], parse),
  urlJoin: fn(['dict'], join),
}
