/** What filters ask. In the answer's direction most of them still look at the request (transform/RULES.md §1). */
import { createTest } from '../regexp/automaton.ts'
import type { Failure, Platform } from '../types.ts'
import { parseQuery } from '../url.ts'
import { type Address, DEFAULT_PORTS, matchesHost, splitPort } from './address.ts'
import { cookiesOf, setCookieOf } from './cookies.ts'
import type { Exchange } from './exchange.ts'
import type { Test } from './program.ts'

export type Ask = (exchange: Exchange) => boolean

export function createAsk(test: Test, toField: Platform['toField']): Ask {
  switch (test.of) {
    case 'header':
      return askHeader(test.name, toField(test.value))
    case 'header-pattern':
      return askHeaderPattern(test.name, createTest(test.pattern))
    case 'url-pattern': {
      const found = createTest(test.pattern)
      return ({ request }) => found(request.url())
    }
    case 'query':
      return ({ request }) => {
        const values = parseQuery(request.address().query).get(test.name)
        return values !== undefined && (test.value === '' || values.includes(test.value))
      }
    case 'cookie':
      return ({ request, answer }) => (answer ? answer.headers.getSetCookie().map(setCookieOf) : cookiesOf(request.fields.first('cookie'))).some((cookie) => cookie?.name === test.name && (test.value === '' || cookie.value === test.value))
    case 'url':
      return ({ request }) => isLike(request.address(), test)
    case 'port':
    default:
      return (exchange) => hasPort(exchange, test.port)
  }
}

/** fetch has joined the values of lines of one name, which HTTP says means the same: any of them will do. */
const askHeader =
  (name: string, value: string): Ask =>
  ({ request, answer }) =>
    (answer ?? request).fields.all(name).some((line) => line === value || (value !== '' && line.split(', ').includes(value)))

/** An empty header counts as missing. */
function askHeaderPattern(name: string, found: (text: string) => boolean): Ask {
  return ({ request }) => {
    const value = request.fields.first(name)
    return value !== '' && found(value)
  }
}

const isLike = (address: Address, { scheme, host, path, query }: Extract<Test, { of: 'url' }>): boolean =>
  (scheme === '' || scheme === address.scheme) && (host === '' || matchesHost(address.host, host)) && (path === '' || path === address.path) && (query === '' || query === address.query)

/** An address without a port has its scheme's; for answers Martian fails where that is another one (port_filter.go). */
function hasPort({ request, answer }: Exchange, wanted: number): boolean {
  const { scheme, host } = request.address()
  const { port } = splitPort(host)
  if (port !== null) return Number(port) === wanted
  if (DEFAULT_PORTS[scheme] === wanted) return true
  if (answer) throw { kind: 'refused', message: `address ${host}: missing port in address` } satisfies Failure
  return false
}
