/** The user's wrangler configuration → .gateway/wrangler.json. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { features } from '../../features/index.ts'
import { compile } from '../compile.ts'
import { UserError } from '../diagnostics.ts'
import { readJson } from '../load/source.ts'
import { type Block, readWrangler } from '../load/wrangler.ts'
import type { Plan } from '../plan.ts'
import { describeMissing, type Need } from './needs.ts'
import { emitWrangler } from './wrangler.ts'
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from './workerd.ts'

const planOf = (hosts: readonly string[], name = 'My Shop!'): Plan =>
  compile(readJson('gateway.json', JSON.stringify({ version: 3, name, endpoints: hosts.map((host, i) => ({ endpoint: `/${i}`, backend: [{ host: [host], url_pattern: '/' }] })) })), features).plan

const PLAIN = planOf(['http://127.0.0.1'])
const SHOP = planOf(['service://SHOP'])
const emit = (value: Block, plan = PLAIN): Block => emitWrangler({ name: 'wrangler.toml', value }, plan, '.gateway').value

void describe('emitWrangler', () => {
  void test('without a file the configuration names a minimal Worker', () => {
    assert.deepEqual(emitWrangler(null, PLAIN, '.gateway').value, { name: 'my-shop', main: 'cloudflare.js', compatibility_date: COMPATIBILITY_DATE, compatibility_flags: COMPATIBILITY_FLAGS })
    assert.equal(emitWrangler(null, planOf([], ''), '.gateway').value.name, 'gateway')
  })

  void test('paths are told from the new place, everything else stays', () => {
    const value = emit({
      $schema: './node_modules/wrangler/config-schema.json',
      main: 'src/index.ts',
      tsconfig: './tsconfig.json',
      assets: { directory: './public', binding: 'ASSETS', not_found_handling: 'none' },
      alias: { here: './src/here.ts', there: 'a-package' },
      d1_databases: [{ binding: 'DB', database_name: 'db', migrations_dir: 'sql' }],
      containers: [{ image: './Dockerfile' }, { image: 'docker.io/httpd:1' }],
      site: { bucket: '/absolute' },
      vars: { main: 'src/index.ts' },
      env: { staging: { main: '.gateway/cloudflare.js', assets: { directory: 'staging' } } },
    })
    assert.equal(value.$schema, '../node_modules/wrangler/config-schema.json')
    assert.equal(value.main, '../src/index.ts')
    assert.equal(value.tsconfig, undefined, 'deploy hands it over by itself')
    assert.deepEqual(value.assets, { directory: '../public', binding: 'ASSETS', not_found_handling: 'none' })
    assert.deepEqual(value.alias, { here: '../src/here.ts', there: 'a-package' })
    assert.deepEqual(value.d1_databases, [{ binding: 'DB', database_name: 'db', migrations_dir: '../sql' }])
    assert.deepEqual(value.containers, [{ image: '../Dockerfile' }, { image: 'docker.io/httpd:1' }])
    assert.deepEqual(value.site, { bucket: '/absolute' })
    assert.deepEqual(value.vars, { main: 'src/index.ts' })
    assert.deepEqual(value.env, { staging: { main: 'cloudflare.js', assets: { directory: '../staging' } } })
  })

  void test('a [build] that is `cuttle build` is left out, another one stays', () => {
    assert.equal(emit({ build: { command: 'npx cuttle build -c config/gateway.json', watch_dir: 'config' } }).build, undefined)
    assert.deepEqual(emit({ build: { command: 'npx cuttle build && node gen.mjs', watch_dir: ['config', 'src'] } }).build, { command: 'npx cuttle build && node gen.mjs', watch_dir: ['../config', '../src'] })
    assert.deepEqual(emit({ env: { live: { build: { command: 'cuttle build' }, name: 'x' } } }).env, { live: { name: 'x' } })
  })

  void test('flags are added to the user\'s own, except where those say the opposite', () => {
    assert.deepEqual(emit({ compatibility_flags: ['nodejs_compat'] }).compatibility_flags, ['nodejs_compat', ...COMPATIBILITY_FLAGS])
    assert.deepEqual(emit({ compatibility_flags: ['brotli_content_encoding'] }).compatibility_flags, ['brotli_content_encoding'])
    assert.deepEqual(emit({ env: { a: { compatibility_flags: [] }, b: {} } }).env, { a: { compatibility_flags: COMPATIBILITY_FLAGS }, b: {} })
  })

  void test('what a need can add is added to every environment', () => {
    const limiter: Need = {
      name: 'LIMIT',
      kind: 'rate limit',
      targetIn: ({ ratelimits }) => (ratelimits ? '10 a minute' : null),
      add: (block) => ({ ...block, ratelimits: [{ name: 'LIMIT' }] }),
      ask: { wantedBy: 'qos', table: 'ratelimits', entry: {}, hint: '' },
    }
    const { value, bound, missing } = emitWrangler({ name: 'wrangler.toml', value: { env: { staging: {}, live: { ratelimits: [{ name: 'OWN' }] } } } }, PLAIN, '.gateway', [limiter])
    assert.deepEqual(value.ratelimits, [{ name: 'LIMIT' }])
    assert.deepEqual(value.env, { staging: { ratelimits: [{ name: 'LIMIT' }] }, live: { ratelimits: [{ name: 'OWN' }] } })
    assert.deepEqual(bound.map(({ env }) => env), [null, 'staging', 'live'])
    assert.deepEqual(missing, [])
  })

  void test('a service is bound by a service binding or by an address in vars, in each environment for itself', () => {
    const { bound, missing } = emitWrangler({ name: 'wrangler.toml', value: { services: [{ binding: 'SHOP', service: 'shop' }], env: { staging: {}, live: { vars: { SHOP: 'https://shop.example' } } } } }, SHOP, '.gateway')
    assert.deepEqual(bound.map(({ env, target }) => [env, target]), [[null, 'shop'], ['live', 'https://shop.example']])
    assert.deepEqual(missing.map(({ env, need }) => [env, need.name]), [['staging', 'SHOP']])
  })
})

void describe('describeMissing', () => {
  const explain = (name: string, value: Block): string[] => {
    const file = { name, value }
    return emitWrangler(file, SHOP, '.gateway').missing.map((found) => describeMissing(found, file))
  }

  void test('gives the lines to add', () => {
    const [text] = explain('wrangler.toml', {})
    assert.match(text!, /^service:\/\/SHOP needs a binding SHOP in wrangler\.toml\. Add\n\n {4}\[\[services\]\]\n {4}binding = "SHOP"\n {4}service = "<name of the Worker>"\n/)
  })

  void test('proposes what another environment binds', () => {
    const texts = explain('wrangler.toml', { services: [{ binding: 'SHOP', service: 'shop' }], env: { staging: {} } })
    assert.equal(texts.length, 1)
    assert.match(texts[0]!, /for env\.staging, which inherits none\. Add\n\n {4}\[\[env\.staging\.services\]\]\n {4}binding = "SHOP"\n {4}service = "shop"\n/)
  })

  void test('speaks JSON where the file does', () => {
    const [top, staging] = explain('wrangler.jsonc', { env: { staging: {} } })
    assert.match(top!, /"services": \[\{"binding":"SHOP","service":"<name of the Worker>"\}\]/)
    assert.match(staging!, /"env": \{ "staging": \{ "services": \[/)
  })
})

void describe('where a file stands in another folder than the current one', () => {
  void test('its paths lead to where they led', () => {
    const { main, assets, alias } = emitWrangler({ name: 'shop/wrangler.toml', value: { main: 'src/a.ts', assets: { directory: '../public' }, alias: { x: './x.ts' } } }, PLAIN, 'shop/.gateway').value
    assert.deepEqual([main, assets, alias], ['../src/a.ts', { directory: '../../public' }, { x: '../x.ts' }])
  })
})

void describe('readWrangler', () => {
  const readFrom = (files: { readonly [name: string]: string }): ReturnType<typeof readWrangler> => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-wrangler-'))
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
      const read = readWrangler(folder)
      return read && { ...read, name: path.relative(folder, read.name) }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  void test('reads TOML with its dates, and JSON with comments', () => {
    assert.equal(readFrom({}), null)
    assert.deepEqual(readFrom({ 'wrangler.toml': 'name = "a"\ncompatibility_date = 2026-10-01\n[env.x]\nvars = { A = 1 }' }), { name: 'wrangler.toml', value: { name: 'a', compatibility_date: '2026-10-01', env: { x: { vars: { A: 1 } } } } })
    assert.deepEqual(readFrom({ 'wrangler.toml': 'name = "b"', 'wrangler.jsonc': '{"name": "a", // first\n}' }), { name: 'wrangler.jsonc', value: { name: 'a' } })
  })

  void test('tells where a file is broken', () => {
    const broken = (name: string, text: string, at: RegExp): void => assert.throws(() => readFrom({ [name]: text }), (error) => error instanceof UserError && at.test(path.basename(error.message)))
    broken('wrangler.toml', 'name = "a"\nmain = ', /^wrangler\.toml:2:8: \S/)
    broken('wrangler.json', '{\n  "name" "a"}', /^wrangler\.json:2:10: \S/)
  })
})

const limited = (limit: object): Plan =>
  compile(readJson('gateway.json', JSON.stringify({ version: 3, name: 'Shop', endpoints: [{ endpoint: '/a', extra_config: { 'qos/ratelimit/router': limit }, backend: [{ host: ['http://a.internal'], url_pattern: '/' }] }] })), features).plan
const GLOBAL = limited({ max_rate: 5, accuracy: 'global' })
const LOCATION = limited({ max_rate: 5, every: '10s', accuracy: 'location' })
const OBJECTS = { bindings: [{ name: 'CUTTLE_LIMITS', class_name: 'CuttleLimits' }] }

void describe('limits that isolates share', () => {
  void test('Durable Objects are bound, and named in a migration', () => {
    const { durable_objects, migrations } = emit({}, GLOBAL)
    assert.deepEqual(durable_objects, OBJECTS)
    assert.deepEqual(migrations, [{ tag: 'cuttle-limits', new_sqlite_classes: ['CuttleLimits'] }])
    assert.equal(emit({}).durable_objects, undefined)
  })

  void test('an environment has its own binding, and the migrations of the top level', () => {
    const own = [{ tag: 'v1', new_sqlite_classes: ['Mine', 'CuttleLimits'] }]
    const { env, migrations } = emit({ migrations: own, durable_objects: { bindings: [{ name: 'MINE', class_name: 'Mine' }] }, env: { live: {} } }, GLOBAL)
    assert.deepEqual(migrations, own)
    assert.deepEqual((env as { live: Block }).live, { durable_objects: OBJECTS })
  })

  void test('where the user has migrations, only they know where another belongs', () => {
    const file = { name: 'wrangler.toml', value: { migrations: [{ tag: 'v1', new_sqlite_classes: ['Mine'] }] } }
    const { missing } = emitWrangler(file, GLOBAL, '.gateway')
    assert.equal(missing.length, 1)
    const text = describeMissing(missing[0]!, file)
    assert.match(text, /accuracy "global" needs/)
    assert.match(text, /\[\[migrations\]\]\n {4}tag = "<a tag that no other migration has>"\n {4}new_sqlite_classes = \["CuttleLimits"\]/)
  })

  void test('an object of another Worker will do', () => {
    const bindings = [{ name: 'CUTTLE_LIMITS', class_name: 'CuttleLimits', script_name: 'limits' }]
    const { missing, bound } = emitWrangler({ name: 'wrangler.toml', value: { durable_objects: { bindings } } }, GLOBAL, '.gateway')
    assert.deepEqual([missing, bound.map(({ target }) => target)], [[], ['limits']])
  })

  void test('rate limits have a counter of their own in each environment', () => {
    const { ratelimits, env } = emit({ env: { live: {} } }, LOCATION) as { ratelimits: Block[]; env: { live: { ratelimits: Block[] } } }
    assert.deepEqual(ratelimits.map(({ name, simple }) => [name, simple]), [['CUTTLE_LIMIT_5_IN_10_S', { limit: 5, period: 10 }]])
    assert.match(String(ratelimits[0]!.namespace_id), /^[1-9]\d*$/)
    assert.notEqual(ratelimits[0]!.namespace_id, env.live.ratelimits[0]!.namespace_id)
  })
})
