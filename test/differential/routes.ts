/** Endpoints whose paths overlap, the router's options, and requests beside, above and below them. */
import type { Dice, Fields } from './dice.ts'
import { type Case, ECHO, type Endpoint, type Generate, HOST } from './suite.ts'

const SEGMENTS = ['a', 'b', 'ab', 'abc', 'users', 'user', 'é', 'A', ':x', '{id}', '{name}', '{id}.json', 'x{id}', 'v1', 'a b', '%41', 'a-b', 'a.b']
const OPTIONS: Fields = {
  disable_redirect_trailing_slash: true, disable_redirect_fixed_path: true, disable_handle_method_not_allowed: true, remove_extra_slash: true,
  disable_path_decoding: true, return_error_msg: true, auto_options: true, use_h2c: false, disable_health: true, error_body: { 404: { m: 'no' }, 405: { m: 'nay' } },
}
const PARAMETERS = ['1', 'x y', 'a/b', '%20', '%2F', 'é', 'a%2Fb', '%25', '%zz', 'a+b', 'A', ':', '*', '', '%C3%A9', '~', 'a;b', 'a,b', '%3F', '(x)', "'", '%00']
const INSERTED = ['/', '//', '/./', '/../', 'a', 'A', '%61', '', '?', '%2f', '.']
const QUERIES = ['q=1', 'q=a%20b&q=2', 'z=1&q=+', 'q', 'q=%zz', 'q=1;r=2', '&&q=é']
const PREFIXES = ['/p', 'p/q', '//h', '/a b']

export const routes: Generate = (dice) => {
  const endpoints = new Map<string, Endpoint>()
  // Few now and then: among many, two often exclude each other, which every gateway refuses.
  for (const one of dice.some(14, (i) => createEndpoint(dice, i))) endpoints.set(`${one.method} ${one.endpoint}`, one)
  const all = [...endpoints.values()]
  const router = Object.fromEntries(Object.entries(OPTIONS).filter(() => dice.chance(18)))
  const cases = Array.from({ length: 40 }, (_, i) => createCase(dice, `request ${i}`, dice.pick(all).endpoint))
  return { config: { version: 3, timeout: '1s', endpoints: all, extra_config: { router } }, upstreams: { a: ECHO }, cases }
}

function createEndpoint(dice: Dice, index: number): Endpoint {
  const segments = dice.some(4, () => dice.pick(SEGMENTS)).slice(1)
  const endpoint = `/${[...new Set(segments)].join('/')}${segments.length && dice.chance(15) ? '/' : ''}`
  // Backends know whole segments only.
  const parameters = endpoint.match(/\/\{\w+\}(?=\/|$)/g) ?? []
  const url_pattern = `/r${index}${parameters.join('')}${dice.chance(20) ? '?s=1' : ''}`
  const method = dice.pick(['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH'])
  return { endpoint, method, input_query_strings: dice.chance(30) ? ['*'] : ['q'], backend: [{ host: HOST, url_pattern, encoding: 'json' }] }
}

function createCase(dice: Dice, name: string, endpoint: string): Case {
  let path = endpoint.replace(/\{\w+\}/g, () => dice.pick(PARAMETERS))
  if (dice.chance(50)) {
    const at = dice.number(path.length + 1)
    path = path.slice(0, at) + dice.pick(INSERTED) + path.slice(at)
  }
  if (dice.chance(20)) path = path.toUpperCase()
  if (dice.chance(20)) path += '/'
  if (dice.chance(30)) path += (path.includes('?') ? '&' : '?') + dice.pick(QUERIES)
  const sent = path.replace(/^(?!\/)/, '/').replace(/[^\x21-\x7e]/gu, (letter) => encodeURIComponent(letter))
  const method = dice.pick(['GET', 'GET', 'GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE'])
  return { name, request: { path: sent, method, ...(dice.chance(10) && { headers: { 'X-Forwarded-Prefix': dice.pick(PREFIXES) } }) } }
}
