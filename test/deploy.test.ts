/** `cuttle deploy` against the real wrangler, which stops before it would upload. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CLI = path.join(ROOT, 'compiler/cli.ts')

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A project with the package installed. */
function makeProject(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-deploy-test-'))
  folders.push(folder)
  mkdirSync(path.join(folder, 'node_modules/.bin'), { recursive: true })
  symlinkSync(ROOT, path.join(folder, 'node_modules/cuttle'))
  symlinkSync(CLI, path.join(folder, 'node_modules/.bin/cuttle'))
  symlinkSync(path.join(ROOT, 'node_modules/hono'), path.join(folder, 'node_modules/hono'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

interface Ended {
  code: number | null
  output: string
}

function run(folder: string, command: string, args: readonly string[]): Promise<Ended> {
  const PATH = `${path.join(ROOT, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}`
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, PATH, CLOUDFLARE_ENV: '', WRANGLER_SEND_METRICS: 'false' }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

const deploy = (folder: string, ...args: readonly string[]): Promise<Ended> => run(folder, process.execPath, [CLI, 'deploy', ...args])

const CONFIG = JSON.stringify({ version: 3, name: 'Shop', endpoints: [{ endpoint: '/users/{id}', backend: [{ host: ['service://SHOP'], url_pattern: '/u/{id}' }] }] })
const PLAIN = JSON.stringify({ version: 3, name: 'Plain Shop', endpoints: [{ endpoint: '/a', backend: [{ host: ['http://plain.internal:8080'], url_pattern: '/' }] }] })
const TOML = `name = "shop-gateway"
main = ".gateway/cloudflare.js"
compatibility_date = "2026-10-01"

[build]
command = "npx cuttle build -c config/gateway.json"

[[services]]
binding = "SHOP"
service = "shop"

[env.staging]
[[env.staging.services]]
binding = "SHOP"
service = "shop-staging"

[env.live.vars]
OTHER = "x"
`

void describe('a project with environments and a service binding', () => {
  const folder = makeProject({ 'config/gateway.json': CONFIG, 'wrangler.toml': TOML })

  void test('builds, says what is bound, and passes options on', async () => {
    const { code, output } = await deploy(folder, '--dry-run', '--outdir', 'out')
    assert.equal(code, 0, output)
    assert.match(output, /shop-gateway: 1 endpoint · gateway \d+\.\d KB minified, \d+\.\d KB gzipped\n {2}SHOP: service binding → shop\n/)
    assert.match(output, /Total Upload: /)
    assert.match(output, /env\.SHOP \(shop\)/)
    assert.doesNotMatch(output, /WARNING|custom build/)
    assert.match(readFileSync(path.join(folder, 'out/cloudflare.js'), 'utf8'), /service:\/\/SHOP/)
    assert.equal(readFileSync(path.join(folder, 'wrangler.toml'), 'utf8'), TOML, 'the user\'s file is as it was')
  })

  void test('--env chooses', async () => {
    const { code, output } = await deploy(folder, '--dry-run', '--env', 'staging')
    assert.equal(code, 0, output)
    assert.match(output, /shop-gateway-staging: 1 endpoint .*\n {2}SHOP: service binding → shop-staging\n/)
    assert.match(output, /env\.SHOP \(shop-staging\)/)
  })

  void test('a binding that the environment lacks is told with the lines to add', async () => {
    const { code, output } = await deploy(folder, '--dry-run', '-e', 'live')
    assert.equal(code, 1)
    assert.match(output, /^error: service:\/\/SHOP needs a binding SHOP in wrangler\.toml for env\.live, which inherits none\. Add\n\n {4}\[\[env\.live\.services\]\]\n {4}binding = "SHOP"\n {4}service = "shop"\n/m)
    assert.doesNotMatch(output, /wrangler 4|^ {4}at /m, 'wrangler is not started, no stack is shown')
  })

  void test('an environment that is not there is wrong usage', async () => {
    const { code, output } = await deploy(folder, '--env', 'lvie')
    assert.equal(code, 255)
    assert.match(output, /no environment lvie: wrangler\.toml has env\.staging, env\.live; did you mean live\?/)
  })

  void test('wrangler\'s exit code is ours', async () => {
    const { code, output } = await deploy(folder, '--dry-run', '--no-such-option')
    assert.equal(code, 1)
    assert.match(output, /Unknown argument/)
  })

  void test('wrangler deploy itself works beside it', async () => {
    const { code, output } = await run(folder, 'wrangler', ['deploy', '--dry-run', '--env='])
    assert.equal(code, 0, output)
    assert.match(output, /npx cuttle build/)
    assert.match(output, /env\.SHOP \(shop\)/)
  })
})

void describe('other projects', () => {
  void test('without wrangler.toml the gateway is deployed alone', async () => {
    const folder = makeProject({ 'gateway.json': PLAIN })
    const { code, output } = await deploy(folder, '--dry-run')
    assert.equal(code, 0, output)
    assert.match(output, /^plain-shop: 1 endpoint .*\n {2}no wrangler\.toml here.*\n {2}needs no bindings\n/m)
    assert.equal(existsSync(path.join(folder, 'wrangler.toml')), false)
  })

  void test('a Worker of the user\'s own, with its assets, tsconfig and aliases', async () => {
    const folder = makeProject({
      'krakend.json': PLAIN,
      'wrangler.jsonc': '{\n  // ours\n  "name": "own", "main": "src/index.ts", "compatibility_date": "2026-10-01", "tsconfig": "tsconfig.worker.json",\n  "assets": { "directory": "public" }, "alias": { "greeting": "./src/greeting.ts" },\n}',
      'tsconfig.worker.json': '{"compilerOptions":{"paths":{"#name":["./src/name.ts"]}}}',
      'public/index.html': '<p>hello</p>',
      'src/greeting.ts': 'export const greeting: string = "good morning"',
      'src/name.ts': 'export const name: string = "from the paths of tsconfig"',
      'src/index.ts': 'import { Hono } from "hono"\nimport { greeting } from "greeting"\nimport { name } from "#name"\nimport gateway from "../.gateway/app.js"\nconst app = new Hono()\napp.get("/hello", (c) => c.text(greeting + name))\napp.route("/", gateway)\nexport default app\n',
    })
    const { code, output } = await deploy(folder, '--dry-run', '--outdir=dist')
    assert.equal(code, 0, output)
    const bundled = readFileSync(path.join(folder, 'dist/index.js'), 'utf8')
    for (const part of ['good morning', 'from the paths of tsconfig', 'http://plain.internal:8080']) assert.ok(bundled.includes(part), part)
  })

  void test('a configuration in another folder has the wrangler file beside it, whose main is warned of where the gateway is not in it', async () => {
    const folder = makeProject({ 'shop/gateway.json': PLAIN, 'shop/wrangler.toml': 'name = "shop"\nmain = "src/index.ts"\ncompatibility_date = "2026-10-01"\n', 'shop/src/index.ts': 'export default { fetch: () => new Response("mine") }\n', 'wrangler.toml': 'name = "another"\n' })
    const { code, output } = await deploy(folder, '-c', 'shop/gateway.json', '--dry-run')
    assert.equal(code, 0, output)
    assert.match(output, /^shop: 1 endpoint /m)
    assert.match(output, /^warning: main in shop\/wrangler\.toml is src\/index\.ts, which imports nothing of \.gateway: the gateway is not in it\./m)
    assert.ok(existsSync(path.join(folder, 'shop/.gateway/cloudflare.js')) && !existsSync(path.join(folder, '.gateway')))
    writeFileSync(path.join(folder, 'shop/src/index.ts'), 'export { default } from "../.gateway/app.js"\n')
    assert.doesNotMatch((await deploy(folder, '-c', 'shop/gateway.json', '--dry-run')).output, /warning:/)
  })

  void test('what leaves a door open is not deployed', async () => {
    const folder = makeProject({ 'gateway.json': JSON.stringify({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://a'], url_pattern: '/', whitelist: ['id'] }] }] }) })
    const { code, output } = await deploy(folder, '--dry-run')
    assert.equal(code, 1)
    assert.match(output, /^gateway\.json:1:\d+: warning: .*whitelist.*\(leaves a door open\)/m)
    assert.equal(existsSync(path.join(folder, '.gateway')), false)
  })
})

void describe('the sample in this repository', () => {
  const out = mkdtempSync(path.join(tmpdir(), 'cuttle-deploy-test-'))
  folders.push(out)

  void test('wrangler deploy --dry-run', async () => {
    const { code, output } = await run(ROOT, 'wrangler', ['deploy', '--dry-run', '--outdir', out])
    assert.equal(code, 0, output)
    assert.match(output, /Total Upload: \d+\.\d+ KiB \/ gzip: \d+\.\d+ KiB/)
    assert.match(readFileSync(path.join(out, 'cloudflare.js'), 'utf8'), /\/products\//)
  })

  void test('wrangler types', async () => {
    const { code, output } = await run(ROOT, 'wrangler', ['types', path.join(out, 'worker-configuration.d.ts')])
    assert.equal(code, 0, output)
    assert.match(readFileSync(path.join(out, 'worker-configuration.d.ts'), 'utf8'), /interface Env/)
  })
})
