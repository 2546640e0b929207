/** `cuttle dev` as a process: its port stays, whatever happens to the configuration. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Miniflare } from 'miniflare'
import { type RunningUpstream, startUpstream } from '../testing/upstream.ts'

const CLI = fileURLToPath(new URL('../compiler/cli.ts', import.meta.url))
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Dev {
  child: ChildProcess
  output(): string
  ended: Promise<number | null>
}

function launch(folder: string, args: readonly string[], env: { readonly [name: string]: string } = {}): Dev {
  const child = spawn(process.execPath, [CLI, 'dev', ...args], { cwd: folder, env: { ...process.env, CLOUDFLARE_ENV: '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, output: () => text, ended: new Promise((resolve) => child.on('close', resolve)) }
}

/** Waits until the output has a text; with `times`, so often. */
async function whenSaid({ child, output }: Dev, text: string, times = 1): Promise<void> {
  for (let waited = 0; output().split(text).length <= times; waited += 20) {
    assert.equal(child.exitCode, null, `it ended: ${output()}`)
    assert.ok(waited < 20_000, `it did not say ${JSON.stringify(text)}: ${output()}`)
    await sleep(20)
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

interface Got {
  status: number
  body: string
}

/** Asks over a connection of its own, so that each request tells whether the port is open. */
const ask = (port: number, at: string, headers: { readonly [name: string]: string } = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path: at, agent: false, headers }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode!, body }))
      response.on('error', reject)
    })
    request.on('error', reject)
  })

/** Asks again and again until it is stopped; gives what was answered, and what failed. */
function hammer(port: number, at: string): () => Promise<{ statuses: Set<number>; count: number; errors: string[] }> {
  const result = { statuses: new Set<number>(), count: 0, errors: [] as string[] }
  let running = true
  const loop = async (): Promise<void> => {
    while (running) {
      try {
        result.statuses.add((await ask(port, at)).status)
        result.count++
      } catch (error) {
        result.errors.push(String(error))
        await sleep(5)
      }
    }
  }
  const loops = [loop(), loop()]
  return async () => {
    running = false
    await Promise.all(loops)
    return result
  }
}

const folders: string[] = []
const running: Dev[] = []
after(async () => {
  for (const { child, ended } of running) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function makeFolder(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-dev-test-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
  return folder
}

void describe('over changes', () => {
  let upstream: RunningUpstream
  let folder: string
  let port: number
  let dev: Dev
  const configOf = (...paths: readonly string[]): string =>
    JSON.stringify({
      version: 3,
      name: 'Dev test',
      endpoints: ['/always', '/slow', '/echo', ...paths].map((at) => ({ endpoint: at, timeout: '5s', input_headers: ['*'], backend: [{ host: [upstream.url], url_pattern: at }] })),
    })
  /** As editors save: another file takes the name. */
  const replace = (text: string): void => {
    writeFileSync(path.join(folder, 'next'), text)
    renameSync(path.join(folder, 'next'), path.join(folder, 'gateway.json'))
  }

  before(async () => {
    upstream = await startUpstream({ '* /*': { json: { from: 'upstream' } }, 'GET /slow': { json: { slow: true }, delay_ms: 1500 }, 'GET /echo': { echo: true } })
    folder = makeFolder({})
    writeFileSync(path.join(folder, 'gateway.json'), configOf())
    port = await freePort()
    dev = launch(folder, ['-c', 'gateway.json', '-p', String(port)])
    running.push(dev)
    await whenSaid(dev, `http://localhost:${port}/echo`)
  })
  after(() => upstream.stop())

  void test('says where it serves, and writes what wrangler would deploy', async () => {
    assert.match(dev.output(), new RegExp(`Dev test: 3 endpoints on http://localhost:${port} `))
    assert.equal((await ask(port, '/always')).status, 200)
    assert.equal((JSON.parse(readFileSync(path.join(folder, '.gateway/wrangler.json'), 'utf8')) as { name: string }).name, 'dev-test')
    await whenSaid(dev, '200 GET /always ')
  })

  void test('a change counts, without a request lost', async () => {
    const stop = hammer(port, '/always')
    const slow = ask(port, '/slow')
    await sleep(100)
    replace(configOf('/new'))
    await whenSaid(dev, 'reloaded in')
    assert.equal((await ask(port, '/new')).status, 200)
    assert.deepEqual(await slow, { status: 200, body: '{"slow":true}' }, 'begun before the change, it ends where it began')
    const { statuses, count, errors } = await stop()
    assert.deepEqual(errors, [])
    assert.deepEqual([...statuses], [200])
    assert.ok(count > 20)
  })

  void test('a broken file is told, and the last good one goes on; mended it counts again', async () => {
    const stop = hammer(port, '/always')
    writeFileSync(path.join(folder, 'gateway.json'), `${configOf('/broken').slice(0, -1)},`)
    await whenSaid(dev, 'the last good one keeps answering')
    assert.match(dev.output(), /gateway\.json:1:\d+: error: .*\[not-json\]/)
    assert.equal((await ask(port, '/new')).status, 200)
    writeFileSync(path.join(folder, 'gateway.json'), JSON.stringify({ version: 3, endpoints: [{ endpoint: '/always', timeout: 'soon' }] }))
    await whenSaid(dev, 'the last good one keeps answering', 2)
    assert.match(dev.output(), /error: endpoints\[0\]\.timeout: /)
    assert.equal((await ask(port, '/new')).status, 200)
    replace(configOf('/mended'))
    await whenSaid(dev, 'reloaded in', 2)
    assert.equal((await ask(port, '/mended')).status, 200)
    assert.equal((await ask(port, '/new')).status, 404)
    const { statuses, errors } = await stop()
    assert.deepEqual(errors, [])
    assert.deepEqual([...statuses], [200])
  })

  void test('the file may be gone for a while', async () => {
    rmSync(path.join(folder, 'gateway.json'))
    await whenSaid(dev, 'cannot read gateway.json')
    assert.equal((await ask(port, '/mended')).status, 200)
    replace(configOf('/back'))
    await whenSaid(dev, 'reloaded in', 3)
    assert.equal((await ask(port, '/back')).status, 200)
  })

  void test('the client\'s address is the connection\'s, whatever it says', async () => {
    const { body } = await ask(port, '/echo', { 'CF-Connecting-IP': '9.9.9.9', 'MF-Route-Override': 'nowhere' })
    assert.doesNotMatch(body, /9\.9\.9\.9|nowhere/)
    assert.equal(upstream.seen.findLast(({ path }) => path === '/echo')?.headers['x-forwarded-for'], '127.0.0.1')
  })

  void test('SIGTERM ends it with exit code 0, and frees the port', async () => {
    dev.child.kill('SIGTERM')
    assert.equal(await dev.ended, 0)
    await assert.rejects(ask(port, '/always'), { code: 'ECONNREFUSED' })
    assert.doesNotMatch(dev.output(), /^ {4}at /m, 'no stack was shown')
  })
})

void describe('bindings', () => {
  const CONFIG = JSON.stringify({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: ['service://SHOP'], url_pattern: '/b' }] }] })

  async function askOnce(files: { readonly [name: string]: string }, env: { readonly [name: string]: string } = {}, args: readonly string[] = []): Promise<Got & { output: string }> {
    const port = await freePort()
    const dev = launch(makeFolder({ 'gateway.json': CONFIG, ...files }), ['-p', String(port), ...args], env)
    running.push(dev)
    await whenSaid(dev, `http://localhost:${port}/a`)
    const got = await ask(port, '/a')
    dev.child.kill('SIGINT')
    assert.equal(await dev.ended, 0)
    return { ...got, output: dev.output() }
  }

  void test('an address comes from the environment, .dev.vars and wrangler\'s vars, in this order', async () => {
    const upstreams = await Promise.all(['env', 'dev-vars', 'vars'].map((from) => startUpstream({ 'GET /b': { json: { from } } })))
    const [env, devVars, vars] = upstreams.map(({ url }) => url)
    const toml = `name = "gw"\n[vars]\nSHOP = "http://127.0.0.1:1"\n[env.staging.vars]\nSHOP = "${vars}"\n`
    try {
      assert.equal((await askOnce({ 'wrangler.toml': toml, '.dev.vars': `SHOP=${devVars}` }, { SHOP: env! })).body, '{"from":"env"}')
      assert.equal((await askOnce({ 'wrangler.toml': toml, '.dev.vars': `SHOP=${devVars}` })).body, '{"from":"dev-vars"}')
      assert.equal((await askOnce({ 'wrangler.toml': toml }, {}, ['--env', 'staging'])).body, '{"from":"vars"}')
    } finally {
      for (const upstream of upstreams) await upstream.stop()
    }
  })

  void test('a Worker that is served beside is reached by its service binding', async () => {
    const registry = makeFolder({})
    const shop = new Miniflare({
      enableDevRegistry: true,
      unsafeDevRegistryPath: registry,
      cf: false,
      workers: [{ config: { name: 'shop', compatibilityDate: '2026-10-01', manifest: { mainModule: 'w.js', modules: { 'w.js': { type: 'esm', contents: 'export default { fetch: () => Response.json({ from: "worker" }) }' } } } } }],
    })
    try {
      await shop.ready
      const { body } = await askOnce({ 'wrangler.toml': 'name = "gw"\n[[services]]\nbinding = "SHOP"\nservice = "shop"\n' }, { WRANGLER_REGISTRY_PATH: registry })
      assert.equal(body, '{"from":"worker"}')
    } finally {
      await shop.dispose()
    }
  })

  void test('nothing bound is told at the start', async () => {
    const { status, output } = await askOnce({})
    assert.equal(status, 500)
    assert.match(output, /warning: service:\/\/SHOP: nothing is bound to SHOP here: set SHOP=http/)
  })
})

void describe('what it refuses', () => {
  const CONFIG = JSON.stringify({ version: 3, endpoints: [] })

  async function refused(files: { readonly [name: string]: string }, args: readonly string[]): Promise<{ code: number | null; output: string }> {
    const dev = launch(makeFolder(files), args)
    running.push(dev)
    const code = await dev.ended
    assert.doesNotMatch(dev.output(), /^ {4}at /m, 'no stack is shown')
    return { code, output: dev.output() }
  }

  void test('a configuration with errors, at the start', async () => {
    const { code, output } = await refused({ 'gateway.json': '{"version":3,"timeout":"soon"}' }, [])
    assert.equal(code, 1)
    assert.match(output, /^gateway\.json:1:\d+: error: timeout: /m)
  })

  void test('a port in use', async () => {
    const server = net.createServer()
    await new Promise<void>((resolve) => server.listen(0, resolve))
    const { port } = server.address() as net.AddressInfo
    const { code, output } = await refused({ 'gateway.json': CONFIG }, ['-p', String(port)])
    await new Promise((resolve) => server.close(resolve))
    assert.equal(code, 1)
    assert.match(output, new RegExp(`^error: port ${port} is in use`, 'm'))
  })

  void test('a broken wrangler.toml, and an environment that it does not have', async () => {
    const broken = await refused({ 'gateway.json': CONFIG, 'wrangler.toml': 'name = ' }, [])
    assert.equal(broken.code, 1)
    assert.match(broken.output, /^error: wrangler\.toml:1:\d+: /m)
    const unknown = await refused({ 'gateway.json': CONFIG, 'wrangler.toml': '[env.staging]\n' }, ['--env', 'stagin'])
    assert.equal(unknown.code, 255)
    assert.match(unknown.output, /no environment stagin: wrangler\.toml has env\.staging; did you mean staging\?/)
  })
})

void describe('what the configuration is made of', () => {
  const STATIC = (text: string): string => JSON.stringify({ proxy: { static: { strategy: 'always', data: { text } } } })
  const body = (extra: string): string => `{"version": 3, "endpoints": [{"endpoint": "/a", "extra_config": ${extra}, "backend": [{"host": ["http://127.0.0.1:81"], "url_pattern": "/"}]}]}`

  async function changes(files: { readonly [name: string]: string }, config: string, env: { readonly [name: string]: string }, steps: readonly (readonly [file: string, text: string, said: string])[]): Promise<void> {
    const folder = makeFolder({})
    mkdirSync(path.join(folder, 'settings'))
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
    const port = await freePort()
    const dev = launch(folder, ['-c', config, '-p', String(port)], env)
    running.push(dev)
    await whenSaid(dev, `http://localhost:${port}/a`)
    for (const [i, [file, text, said]] of steps.entries()) {
      writeFileSync(path.join(folder, file), text)
      await whenSaid(dev, 'reloaded', i + 1)
      const answer = await ask(port, '/a')
      assert.ok(answer.body.includes(`"text":"${said}"`), `${answer.body} after ${file}`)
    }
    dev.child.kill('SIGTERM')
    await dev.ended
  }

  void test('a template\'s settings, partials, and a partial that is new', () =>
    changes({ 'gateway.json': body('{{ include "extra.json" }}'), 'extra.json': STATIC('one') }, 'gateway.json', { FC_ENABLE: '1', FC_SETTINGS: 'settings' }, [
      ['extra.json', STATIC('two'), 'two'],
      ['gateway.json', body('{{ include "other.json" | default (marshal (default (fromJson (include "extra.json")) .more)) }}'), 'two'],
      ['settings/more.json', STATIC('three'), 'three'],
      ['other.json', STATIC('four'), 'four'],
    ]))

  void test('a mistake in a file that is new', async () => {
    const folder = makeFolder({ 'gateway.json': body(STATIC('one')) })
    const port = await freePort()
    const dev = launch(folder, ['-c', 'gateway.json', '-p', String(port)], { FC_ENABLE: '1' })
    running.push(dev)
    await whenSaid(dev, `http://localhost:${port}/a`)
    writeFileSync(path.join(folder, 'new.json'), '{')
    writeFileSync(path.join(folder, 'gateway.json'), body('{{ include "new.json" }}'))
    await whenSaid(dev, 'the last good one keeps answering')
    writeFileSync(path.join(folder, 'new.json'), STATIC('two'))
    await whenSaid(dev, 'reloaded')
    assert.match((await ask(port, '/a')).body, /"text":"two"/)
    dev.child.kill('SIGTERM')
    await dev.ended
  })

  void test('a module\'s imports', () =>
    changes({ 'gateway.config.ts': `import { text } from './text.ts'\nexport default ${body("{ proxy: { static: { strategy: 'always', data: { text } } } }")}`, 'text.ts': "export const text: string = 'one'" }, 'gateway.config.ts', {}, [
      ['text.ts', "export const text: string = 'two'", 'two'],
    ]))
})
