import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'

const at = (name: string): string => fileURLToPath(new URL(`tls/${name}`, import.meta.url))
const cli = fileURLToPath(new URL('../compiler/cli.ts', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-tls-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** An upstream that answers only clients with a certificate of its authority. */
const upstream = https.createServer({ key: readFileSync(at('server.key')), cert: readFileSync(at('server.pem')), ca: readFileSync(at('ca.pem')), requestCert: true, rejectUnauthorized: true }, (request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ client: (request.socket as TLSSocket).getPeerCertificate().subject.CN, path: request.url }))
})
let port = 0
before(() => new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', () => {
  port = (upstream.address() as net.AddressInfo).port
  resolve()
})))
after(() => {
  upstream.closeAllConnections()
  upstream.close()
})

const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const free = (server.address() as net.AddressInfo).port
    server.close(() => resolve(free))
  })
})

async function run(runtime: string, tls: object | undefined): Promise<{ json: Response; raw: Response; stop(): Promise<void> }> {
  const own = await freePort()
  const file = path.join(folder, `${runtime}-${own}.json`)
  const backend = [{ host: [`https://localhost:${port}`], url_pattern: '/who' }]
  writeFileSync(file, JSON.stringify({ version: 3, port: own, listen_ip: '127.0.0.1', ...(tls && { client_tls: tls }), endpoints: [{ endpoint: '/json', backend }, { endpoint: '/raw', output_encoding: 'no-op', backend }] }))
  const child = spawn(process.execPath, [cli, 'run', '-c', file, '--runtime', runtime], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (data) => (log += data))
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const ready = async (): Promise<Response> => {
    for (let i = 0; i < 200 && child.exitCode === null; i++) {
      const response = await fetch(`http://127.0.0.1:${own}/json`).catch(() => null)
      if (response) return response
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`the gateway did not start: ${log}`)
  }
  const json = await ready()
  const raw = await fetch(`http://127.0.0.1:${own}/raw`)
  return { json, raw, stop: () => (child.kill('SIGTERM'), ended) }
}

const CLIENT = { ca_certs: [at('ca.pem')], client_certs: [{ certificate: at('client.pem'), private_key: at('client.key') }] }

for (const runtime of ['workerd', 'deno']) {
  test(`${runtime}: client_tls presents its certificate and trusts its authority`, async () => {
    const { json, raw, stop } = await run(runtime, CLIENT)
    try {
      assert.deepEqual(await json.json(), { client: 'client', path: '/who' })
      assert.deepEqual(await raw.json(), { client: 'client', path: '/who' })
    } finally {
      await stop()
    }
  })

  test(`${runtime}: without it the upstream's authority is not trusted`, async () => {
    const { json, raw, stop } = await run(runtime, undefined)
    try {
      assert.equal(json.status, 500)
      assert.equal(raw.status, 500)
    } finally {
      await stop()
    }
  })

  test(`${runtime}: the authority alone does not open the upstream`, async () => {
    const { json, stop } = await run(runtime, { ca_certs: [at('ca.pem')] })
    try {
      assert.equal(json.status, 500)
    } finally {
      await stop()
    }
  })
}

test('a build holds no private key, and says where it belongs', async () => {
  const file = path.join(folder, 'build.json')
  writeFileSync(file, JSON.stringify({ version: 3, client_tls: CLIENT, endpoints: [{ endpoint: '/a', backend: [{ host: ['https://localhost:8443'], url_pattern: '/' }] }] }))
  const out = path.join(folder, 'out')
  const child = spawn(process.execPath, [cli, 'build', '-c', file, '--target', 'workerd', '-o', out], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (data) => (log += data))
  assert.equal(await new Promise((resolve) => child.on('exit', resolve)), 0)
  assert.match(log, /client_tls: put .*client\.key at .*CLIENT_TLS\.key/)
  assert.equal(readFileSync(path.join(out, 'tls/CLIENT_TLS.pem'), 'utf8'), readFileSync(at('client.pem'), 'utf8'))
  assert.throws(() => readFileSync(path.join(out, 'tls/CLIENT_TLS.key')))
})
