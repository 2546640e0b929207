/**
 * What a token costs: CPU-µs a request of an endpoint with a validator beside the same endpoint without, in one process, in turns.
 * `node bench/tokens.ts [ROUNDS]`: a verified RS256 token, then tokens that come for the first time, and jose by itself in Node.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { importJWK } from 'jose/key/import'
import { flattenedVerify } from 'jose/jws/flattened/verify'
import { emitFolder } from '../compiler/commands/build.ts'
import { compile } from '../compiler/compile.ts'
import { readJson } from '../compiler/load/source.ts'
import { denoPath, listens, type Runtime, RUNTIMES, start, workerdPath } from '../compiler/runtimes.ts'
import { features } from '../features/index.ts'
import { freePort } from '../test/free-port.ts'
import { createIssuer } from '../test/issuer.ts'
import { load } from './load.ts'

const rounds = Number(process.argv[2] ?? 20)
const REQUESTS = 1000
const issuer = createIssuer()
const body = JSON.stringify({ items: Array.from({ length: 12 }, (_, i) => ({ id: i, name: `item number ${i}`, price: i * 1.25, tags: ['a', 'b'] })) })
const upstream = http.createServer((request, response) => response.setHeader('content-type', 'application/json').end(request.url === '/keys' ? JSON.stringify({ keys: Object.values(issuer.keys) }) : body))
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
const host = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-bench-'))

const endpoint = (name: string, extra_config: object): object => ({ endpoint: name, backend: [{ host: [host], url_pattern: '/' }], extra_config })
const validator = { alg: 'RS256', jwk_url: `${host}/keys`, disable_jwk_security: true, cache: true, issuer: 'https://id.example.org', audience: ['shop'], roles: ['admin'] }
const claims = (n: number): object => ({ iss: 'https://id.example.org', aud: ['shop'], sub: `user-${n}`, exp: 4102444800, roles: ['user', 'admin'], email: 'user@example.org', name: 'A User' })
const field = (n: number): string => `Authorization: Bearer ${issuer.token('RS256', claims(n))}\r\n`
const same = field(0)
let count = 0
/** Each is used once, so signing them is no part of what is measured: they are made before. */
const fresh = Array.from({ length: REQUESTS * rounds + 2 * REQUESTS }, () => field(++count))

function cpuOf(pid: number): number {
  let total = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
  return total / 1000
}
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!

async function bench(runtime: Runtime): Promise<void> {
  const port = await freePort()
  const { plan } = compile(readJson('bench.json', JSON.stringify({ version: 3, port, endpoints: [endpoint('/plain', {}), endpoint('/token', { 'auth/validator': validator })] })), features)
  const files = await emitFolder({ ...plan, listen: { port, address: '127.0.0.1' } }, runtime)
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text)
  const started = runtime === 'workerd' ? start(workerdPath(), ['serve', path.join(folder, 'config.capnp')]) : start(denoPath(), ['run', '--no-config', '--allow-net', '--allow-env', path.join(folder, 'gateway.js')])
  await listens('127.0.0.1', port, started)
  const cost = async (at: string, fields: () => string): Promise<number> => {
    const before = cpuOf(started.child.pid!)
    const { failed } = await load(port, [at], REQUESTS, 8, fields)
    if (failed) throw new Error(`${failed} requests of ${at} failed`)
    return (cpuOf(started.child.pid!) - before) / REQUESTS
  }
  const used = { fresh: 0 }
  const works = [() => cost('/plain', () => same), () => cost('/token', () => same), () => cost('/token', () => fresh[used.fresh++]!)]
  for (let i = 0; i < 4; i++) for (const work of works.slice(0, 2)) await work()
  await works[2]!()
  const costs: number[][] = [[], [], []]
  for (let round = 0; round < rounds; round++) for (const i of [0, 1, 2]) costs[(i + round) % 3]!.push(await works[(i + round) % 3]!())
  const [plain, verified, first] = costs as [number[], number[], number[]]
  const ratio = (list: readonly number[]): string => median(list.map((one, i) => one / plain[i]!)).toFixed(3)
  console.log(`${runtime}: plain ${median(plain).toFixed(0)} µs · verified before ${median(verified).toFixed(0)} µs, ${ratio(verified)} × · first time ${median(first).toFixed(0)} µs, ${ratio(first)} ×, ${(median(first) - median(plain)).toFixed(0)} µs more`)
  started.child.kill('SIGKILL')
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

try {
  console.log(`jose by itself, in Node: ${(await alone()).toFixed(0)} µs a token`)
  for (const runtime of RUNTIMES) await bench(runtime)
} finally {
  upstream.close()
  rmSync(folder, { recursive: true, force: true })
}
