/**
 * What a token costs: CPU-µs a request of an endpoint with a validator beside the same endpoint without, in one process, in turns.
 * `node bench/tokens.ts [ROUNDS]`: a verified RS256 token, then tokens that come for the first time, and jose by itself in Node.
 */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { importJWK } from 'jose/key/import'
import { flattenedVerify } from 'jose/jws/flattened/verify'
import { type Runtime, RUNTIMES } from '../compiler/runtimes.ts'
import { createIssuer } from '../test/issuer.ts'
import { benchmark, end, inTurns, measure, median, ratio, startGateway } from './run.ts'

const rounds = Number(process.argv[2] ?? 20)
const REQUESTS = 1000
const issuer = createIssuer()
const body = JSON.stringify({ items: Array.from({ length: 12 }, (_, i) => ({ id: i, name: `item number ${i}`, price: i * 1.25, tags: ['a', 'b'] })) })
const upstream = http.createServer((request, response) => response.setHeader('content-type', 'application/json').end(request.url === '/keys' ? JSON.stringify({ keys: Object.values(issuer.keys) }) : body))
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
const host = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`

const endpoint = (name: string, extra_config: object): object => ({ endpoint: name, backend: [{ host: [host], url_pattern: '/' }], extra_config })
const validator = { alg: 'RS256', jwk_url: `${host}/keys`, disable_jwk_security: true, cache: true, issuer: 'https://id.example.org', audience: ['shop'], roles: ['admin'] }
const claims = (n: number): object => ({ iss: 'https://id.example.org', aud: ['shop'], sub: `user-${n}`, exp: 4102444800, roles: ['user', 'admin'], email: 'user@example.org', name: 'A User' })
const field = (n: number): string => `Authorization: Bearer ${issuer.token('RS256', claims(n))}\r\n`
const same = field(0)
let count = 0
/** Each is used once, so signing them is no part of what is measured: they are made before. */
const fresh = Array.from({ length: REQUESTS * rounds + 2 * REQUESTS }, () => field(++count))

async function bench(runtime: Runtime): Promise<void> {
  const gateway = await startGateway(runtime, { endpoints: [endpoint('/plain', {}), endpoint('/token', { 'auth/validator': validator })] }, 'tokens')
  let used = 0
  const cost = async (at: string, fields: () => string): Promise<number> => (await measure(gateway, at, REQUESTS, 8, fields)).cpu
  const works = [() => cost('/plain', () => same), () => cost('/token', () => same), () => cost('/token', () => fresh[used++]!)]
  for (let i = 0; i < 4; i++) for (const work of works.slice(0, 2)) await work()
  await works[2]!()
  const [plain, verified, first] = (await inTurns(rounds, works)) as [number[], number[], number[]]
  console.log(`${runtime}: plain ${median(plain).toFixed(0)} µs · verified before ${median(verified).toFixed(0)} µs, ${ratio(verified, plain)} × · first time ${median(first).toFixed(0)} µs, ${ratio(first, plain)} ×, ${(median(first) - median(plain)).toFixed(0)} µs more`)
  end(gateway)
}

/** The verification alone, as a measure for the first time. */
async function alone(): Promise<number> {
  const { kid: _, ...jwk } = issuer.keys.rsa!
  const key = await importJWK(jwk as Parameters<typeof importJWK>[0], 'RS256')
  const began = process.cpuUsage()
  const some = fresh.slice(0, 2000)
  for (const line of some) {
    const [head, payload, signature] = line.slice('Authorization: Bearer '.length).trim().split('.') as [string, string, string]
    const found = await flattenedVerify({ protected: head, payload, signature }, key, { algorithms: ['RS256'] })
    JSON.parse(new TextDecoder().decode(found.payload))
  }
  const { user, system } = process.cpuUsage(began)
  return (user + system) / some.length
}

await benchmark(async () => {
  console.log(`jose by itself, in Node: ${(await alone()).toFixed(0)} µs a token`)
  for (const runtime of RUNTIMES) await bench(runtime)
})
upstream.close()
