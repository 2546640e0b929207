/** Routes, parts, and versions on Cloudflare: the real wrangler until it would upload, and one that keeps what it is told after that. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CLI = path.join(ROOT, 'compiler/cli.ts')

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function makeProject(files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-edge-test-'))
  folders.push(folder)
  mkdirSync(path.join(folder, 'node_modules'))
  symlinkSync(ROOT, path.join(folder, 'node_modules/cuttle'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

/** A wrangler that knows versions, as Cloudflare would; `state.json` has them, `calls.json` what it was told. */
const WRANGLER = `
const { existsSync, readFileSync, writeFileSync, appendFileSync } = require('node:fs')
const args = process.argv.slice(2)
appendFileSync('calls.ndjson', JSON.stringify(args) + '\\n')
const state = existsSync('state.json') ? JSON.parse(readFileSync('state.json', 'utf8')) : null
const option = (name) => args[args.indexOf(name) + 1]
const [command, sub] = args
if (command === 'deployments' && !state) { console.error('This Worker does not exist'); process.exit(1) }
if (command === 'deployments') console.log('a banner\\n' + JSON.stringify({ versions: state.split }, null, 2))
if (command === 'versions' && sub === 'list') console.log(JSON.stringify(state.versions, null, 2))
if (command === 'versions' && sub === 'upload') {
  const id = 'v' + (state.versions.length + 1)
  state.versions.push({ id, metadata: { created_on: '2026-01-0' + (state.versions.length + 1) } })
  appendFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH, '{"type":"wrangler-session"}\\n' + JSON.stringify({ type: 'version-upload', version_id: id }) + '\\n')
}
if (command === 'versions' && sub === 'deploy') state.split = args.slice(2).filter((word) => /@/.test(word)).map((word) => ({ version_id: word.split('@')[0], percentage: parseInt(word.split('@')[1]) }))
if (state) writeFileSync('state.json', JSON.stringify(state))
process.exit(existsSync('fails') && readFileSync('fails', 'utf8') === option('--config') ? 7 : 0)
`
const FAKE = { 'node_modules/wrangler/package.json': '{"version":"0.0.0"}', 'node_modules/wrangler/bin/wrangler.js': WRANGLER }
const DEPLOYED = JSON.stringify({ versions: [{ id: 'v1', metadata: { created_on: '2026-01-01' } }], split: [{ version_id: 'v1', percentage: 100 }] })

interface Ended {
  code: number | null
  output: string
}

function cuttle(folder: string, ...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: 'utf8', env: { ...process.env, CLOUDFLARE_ENV: '', WRANGLER_SEND_METRICS: 'false' } })
  return { code: status, output: stdout + stderr }
}

const calls = (folder: string): string[][] => (existsSync(path.join(folder, 'calls.ndjson')) ? readFileSync(path.join(folder, 'calls.ndjson'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as string[]) : [])
const wranglerOf = (folder: string, part = ''): { name: string; routes?: unknown[]; env?: { [name: string]: { routes?: unknown[] } }; limits?: object } =>
  JSON.parse(readFileSync(path.join(folder, '.gateway', part, 'wrangler.json'), 'utf8')) as never

const backend = [{ host: ['http://up.internal'], url_pattern: '/' }]
const config = (service: object = {}, group: object = { name: 'orders', cpu_ms: 300 }): string =>
  JSON.stringify({
    version: 3,
    name: 'Shop',
    extra_config: service,
    endpoints: [{ endpoint: '/users/{id}', backend }, { endpoint: '/orders/{id}', extra_config: { 'cuttle/group': group }, backend }, { endpoint: '/carts/{id}', extra_config: { 'cuttle/group': { name: 'orders' } }, backend }],
  })
const ZONE = { 'cuttle/routes': { zone: 'shop.example' } }
const patterns = (routes: unknown[] = []): string[] => routes.map((route) => (typeof route === 'string' ? route : (route as { pattern: string }).pattern))

suite('routes', () => {
  test('only the paths of the gateway, of the zone that the configuration names', () => {
    const folder = makeProject({ 'gateway.json': config(ZONE) })
    const { code, output } = cuttle(folder, 'deploy', '--dry-run')
    assert.equal(code, 0, output)
    assert.match(output, /Total Upload/)
    assert.match(output, /routes: shop\.example\/__health\*, shop\.example\/carts\/\*, shop\.example\/orders\/\*, shop\.example\/users\/\*/)
    assert.deepEqual(wranglerOf(folder).routes, ['__health*', 'carts/*', 'orders/*', 'users/*'].map((end) => ({ pattern: `shop.example/${end}`, zone_name: 'shop.example' })))
  })

  test('of several zones, by --zone', () => {
    const folder = makeProject({ 'gateway.json': config() })
    const { code, output } = cuttle(folder, 'deploy', '--dry-run', '--zone', 'api.one.example,two.example')
    assert.equal(code, 0, output)
    assert.deepEqual(patterns(wranglerOf(folder).routes).filter((pattern) => pattern.endsWith('users/*')), ['api.one.example/users/*', 'two.example/users/*'])
    assert.match(cuttle(folder, 'deploy', '--zone', 'https://one.example/').output, /--zone: expected a host name such as "api.example.com", found "https:\/\/one.example\/"/)
  })

  test('an environment has those of --zone, and inherits none', () => {
    const toml = 'name = "shop"\ncompatibility_date = "2026-10-01"\n[env.staging]\n[env.live]\n'
    const folder = makeProject({ 'gateway.json': config(ZONE), 'wrangler.toml': toml })
    assert.equal(cuttle(folder, 'deploy', '--dry-run', '-e', 'staging').code, 0)
    assert.equal(wranglerOf(folder).routes, undefined)
    const { code, output } = cuttle(folder, 'deploy', '--dry-run', '-e', 'staging', '--zone', 'staging.example')
    assert.equal(code, 0, output)
    const { routes, env } = wranglerOf(folder)
    assert.deepEqual([routes, patterns(env!.staging!.routes).includes('staging.example/users/*'), env!.live!.routes], [undefined, true, []])
    assert.equal(cuttle(folder, 'deploy', '--dry-run').code, 0)
    assert.deepEqual(wranglerOf(folder).env!.staging!.routes, [])
    assert.equal(readFileSync(path.join(folder, 'wrangler.toml'), 'utf8'), toml, 'the user\'s file is as it was')
  })

  test('a host that is none is refused', () => {
    const folder = makeProject({ 'gateway.json': config({ 'cuttle/routes': { zone: 'example.com/a' } }) })
    const { code, output } = cuttle(folder, 'check')
    assert.equal(code, 1)
    assert.match(output, /error: .*expected a host name such as "api.example.com", found "example.com\/a"/)
  })
})

suite('--split', () => {
  test('builds a Worker for each group, with its own code, limits and routes', () => {
    const folder = makeProject({ 'gateway.json': config(ZONE) })
    const { code, output } = cuttle(folder, 'build', '--split')
    assert.equal(code, 0, output)
    assert.match(output, /\.gateway\/users: shop-users · 1 endpoint .* · shop\.example\/__health\*, shop\.example\/users\/\*\n/)
    assert.match(output, /\.gateway\/orders: shop-orders · 2 endpoints .* · shop\.example\/carts\/\*, shop\.example\/orders\/\*\n/)
    const [users, orders] = ['users', 'orders'].map((part) => readFileSync(path.join(folder, '.gateway', part, 'gateway.js'), 'utf8'))
    assert.ok(users!.includes('/users/') && !users!.includes('/orders/') && orders!.includes('/orders/') && !orders!.includes('/users/'))
    assert.deepEqual(wranglerOf(folder, 'orders').limits, { cpu_ms: 300 })
    assert.equal(wranglerOf(folder, 'users').limits, undefined)
  })

  test('a group has none of the code of what others use', () => {
    const folder = makeProject({ 'gateway.json': JSON.stringify({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ ...backend[0], encoding: 'xml' }] }, { endpoint: '/b', backend }] }) })
    assert.equal(cuttle(folder, 'build', '--split').code, 0)
    const using = ['a', 'b'].map((part) => readFileSync(path.join(folder, '.gateway', part, 'gateway.js'), 'utf8').includes('cuttle/worker/encoding/xml'))
    assert.deepEqual(using, [true, false])
  })

  test('deploys one after the other; the first that fails ends it', () => {
    const folder = makeProject({ ...FAKE, 'gateway.json': config(ZONE), fails: '.gateway/orders/wrangler.json' })
    const { code, output } = cuttle(folder, 'deploy', '--split', '--minify')
    assert.equal(code, 7)
    assert.deepEqual(calls(folder), [['deploy', '--config', '.gateway/users/wrangler.json', '--minify'], ['deploy', '--config', '.gateway/orders/wrangler.json', '--minify']])
    assert.match(output, /1 of 2 Workers are deployed: shop-orders is not/)
  })

  test('the real wrangler takes them', () => {
    const folder = makeProject({ 'gateway.json': config(ZONE), 'wrangler.toml': 'name = "shop"\ncompatibility_date = "2026-10-01"\nroute = "shop.example/*"\n[env.live]\n' })
    const { code, output } = cuttle(folder, 'deploy', '--split', '--dry-run')
    assert.equal(code, 0, output)
    assert.equal(output.match(/Total Upload/g)?.length, 2)
    assert.doesNotMatch(output, /WARNING/)
  })

  test('a path that could be another group\'s is refused, and a Worker of one\'s own, and other targets', () => {
    const shared = { version: 3, endpoints: [{ endpoint: '/users/{id}', backend }, { endpoint: '/users/{id}/orders', extra_config: { 'cuttle/group': { name: 'orders' } }, backend }] }
    const folder = makeProject({ 'gateway.json': JSON.stringify(shared) })
    assert.match(cuttle(folder, 'deploy', '--split').output, /requests for GET \/users\/\{id\} of the group users could go to the group orders, whose route is \/users\/\*: put both into one group/)
    const own = makeProject({ 'gateway.json': config(), 'wrangler.toml': 'main = "src/index.ts"\n' })
    assert.match(cuttle(own, 'deploy', '--split').output, /--split: main in wrangler\.toml is src\/index\.ts, a Worker of your own/)
    assert.equal(cuttle(own, 'build', '--split', '--target', 'deno').code, 255)
  })
})

suite('versions', () => {
  const versions = ['--config', '.gateway/wrangler.json']

  test('--gradual gives a new version its part, promote more of it, rollback takes it back', () => {
    const folder = makeProject({ ...FAKE, 'gateway.json': config(), 'state.json': DEPLOYED })
    const first = cuttle(folder, 'deploy', '--gradual', '10')
    assert.equal(first.code, 0, first.output)
    assert.match(first.output, /shop: 10 % of the requests go to the new version v2, the others to v1\n {2}cuttle promote 50 .* cuttle rollback/)
    assert.deepEqual(calls(folder), [
      ['deployments', 'status', '--json', '--name', 'shop', ...versions],
      ['versions', 'upload', ...versions],
      ['versions', 'deploy', 'v2@10%', 'v1@90%', '--name', 'shop', '--message', 'cuttle deploy --gradual 10', '--yes', ...versions],
    ])
    assert.match(cuttle(folder, 'promote', '50').output, /shop: 50 % of the requests go to version v2, the others to v1/)
    assert.deepEqual(calls(folder).at(-1), ['versions', 'deploy', 'v2@50%', 'v1@50%', '--name', 'shop', '--message', 'cuttle promote 50', '--yes'])
    assert.match(cuttle(folder, 'promote').output, /shop: 100 % of the requests go to version v2\n/)
    assert.match(cuttle(folder, 'promote').output, /shop: all requests go to version v2 already/)
    assert.equal(cuttle(folder, 'rollback', '--message', 'no good').code, 0)
    assert.deepEqual(calls(folder).at(-1), ['rollback', '--message', 'no good', '--name', 'shop'])
    assert.equal(cuttle(folder, 'rollback', 'v1').code, 0)
    assert.deepEqual(calls(folder).at(-1), ['rollback', 'v1', '--name', 'shop'])
  })

  test('another try follows the version that was there before the first', () => {
    const folder = makeProject({ ...FAKE, 'gateway.json': config(), 'state.json': DEPLOYED })
    cuttle(folder, 'deploy', '--gradual', '90')
    assert.match(cuttle(folder, 'deploy', '--gradual', '20').output, /20 % of the requests go to the new version v3, the others to v1/)
  })

  test('environments and groups have Workers of their own', () => {
    const toml = 'name = "shop"\ncompatibility_date = "2026-10-01"\n[env.staging]\n[env.live]\nname = "shop-for-real"\n'
    const folder = makeProject({ ...FAKE, 'gateway.json': config(), 'wrangler.toml': toml, 'state.json': DEPLOYED })
    assert.equal(cuttle(folder, 'rollback', '-e', 'staging').code, 0)
    assert.equal(cuttle(folder, 'rollback', '-e', 'live').code, 0)
    assert.equal(cuttle(folder, 'rollback', '-e', 'live', '--split').code, 0)
    assert.deepEqual(calls(folder).map((words) => words.slice(1)), [
      ['--name', 'shop-staging', '--config', 'wrangler.toml', '--env=staging'],
      ['--name', 'shop-for-real', '--config', 'wrangler.toml', '--env=live'],
      ['--name', 'shop-for-real-users', '--config', 'wrangler.toml', '--env=live'],
      ['--name', 'shop-for-real-orders', '--config', 'wrangler.toml', '--env=live'],
    ])
    const { output } = cuttle(folder, 'deploy', '--split', '--gradual', '5', '-e', 'staging')
    assert.match(output, /shop-users-staging: 5 % of the requests/)
    assert.match(output, /shop-orders-staging: 5 % of the requests/)
  })

  test('the first version of all can\'t be gradual', () => {
    const folder = makeProject({ ...FAKE, 'gateway.json': config() })
    const { code, output } = cuttle(folder, 'deploy', '--gradual', '10')
    assert.equal(code, 1)
    assert.match(output, /This Worker does not exist\n.*error: shop has no version that the other 90 % of the requests could go to: deploy it once without --gradual/s)
    assert.equal(calls(folder).length, 1)
  })

  test('percentages that make no sense are wrong usage', () => {
    const folder = makeProject({ ...FAKE, 'gateway.json': config() })
    for (const [command, ...words] of [['deploy', '--gradual', '100'], ['deploy', '--gradual', 'ten'], ['promote', '0']]) assert.equal(cuttle(folder, command!, ...words).code, 255)
    assert.deepEqual(calls(folder), [])
  })

  test('the real wrangler knows the commands', () => {
    const folder = makeProject({ 'gateway.json': config() })
    const { code, output } = cuttle(folder, 'deploy', '--gradual', '10', '--dry-run')
    assert.equal(code, 0, output)
    assert.match(output, /--dry-run: exiting now/)
    // Nobody is logged in here: what it says of that, it says of commands that it understands.
    const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, WRANGLER_SEND_METRICS: 'false', CI: '1' }
    for (const command of ['deployments status --json --name x', 'versions deploy a@10% b@90% --name x --message m --yes', 'rollback v1 --name x --message m']) {
      const { stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'node_modules/wrangler/bin/wrangler.js'), ...command.split(' ')], { encoding: 'utf8', cwd: folder, env })
      assert.match(stdout + stderr, /CLOUDFLARE_API_TOKEN/, command)
    }
  })
})
