/** What a bundle holds, by the names of its modules: what a configuration uses, and nothing else. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { compile } from '../compiler/compile.ts'
import { emitFolder, writeFolder } from '../compiler/emit/folder.ts'
import { bundle } from '../compiler/emit/bundle.ts'
import { emitModule, type Target, TARGETS } from '../compiler/emit/module.ts'
import { readJson } from '../compiler/load/source.ts'
import type { Plan } from '../compiler/plan.ts'
import { features } from '../features/index.ts'

const ROOT = path.join(import.meta.dirname, '..')
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-bundle-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const planOf = (config: object): Plan => compile(readJson('gateway.json', JSON.stringify({ version: 3, ...config })), features).plan

const backend = (more: object = {}): object => ({ host: ['http://upstream'], url_pattern: '/', ...more })
const endpoint = (more: object = {}, backends: readonly object[] = [backend()]): object => ({ endpoint: '/a', backend: backends, ...more })
const proxy = (options: object): object => ({ extra_config: { proxy: options } })
const flatmap = { flatmap_filter: [{ type: 'move', args: ['a', 'b'] }] }
const NO_OP = endpoint({ output_encoding: 'no-op' })

/** One endpoint each, and which of all the modules listed here it brings. */
const PARTS: { readonly [part: string]: { endpoint: object; modules: readonly string[] } } = {
  'no-op': { endpoint: NO_OP, modules: ['encoding/no-op', 'render/no-op', 'merge/one'] },
  json: { endpoint: endpoint(), modules: ['encoding/json', 'render/json', 'merge/one'] },
  string: { endpoint: endpoint({ output_encoding: 'string' }, [backend({ encoding: 'string' })]), modules: ['encoding/string', 'render/string', 'merge/one'] },
  collection: { endpoint: endpoint({ output_encoding: 'json-collection' }, [backend({ is_collection: true })]), modules: ['encoding/json', 'render/json-collection', 'merge/one'] },
  merge: { endpoint: endpoint({}, [backend(), backend()]), modules: ['encoding/json', 'render/json', 'merge/parallel'] },
  sequence: { endpoint: endpoint(proxy({ sequential: true }), [backend(), backend()]), modules: ['encoding/json', 'render/json', 'merge/sequence'] },
  concurrent: { endpoint: endpoint({ concurrent_calls: 2 }), modules: ['encoding/json', 'render/json', 'merge/one', 'backend/concurrent'] },
  static: { endpoint: endpoint(proxy({ static: { data: { a: 1 }, strategy: 'always' } })), modules: ['encoding/json', 'render/json', 'merge/one', 'proxy/static'] },
  shadow: { endpoint: endpoint({}, [backend(), backend(proxy({ shadow: true }))]), modules: ['encoding/json', 'render/json', 'merge/one', 'proxy/shadow'] },
  'flatmap of a backend': { endpoint: endpoint({}, [backend(proxy(flatmap))]), modules: ['encoding/json', 'render/json', 'merge/one', 'shape/data', 'shape/flatmap'] },
  'flatmap of an endpoint': { endpoint: endpoint(proxy(flatmap), [backend(), backend()]), modules: ['encoding/json', 'render/json', 'merge/parallel', 'proxy/flatmap', 'shape/flatmap'] },
}
const LISTED = new Set(Object.values(PARTS).flatMap(({ modules }) => modules))
const inputsOf = async (plan: Plan, target: Target): Promise<string[]> => Object.keys((await bundle(emitModule(plan, target))).metafile.inputs)
const listed = (inputs: readonly string[]): string[] => inputs.map((input) => input.replace(/^worker\/(.*)\.ts$/, '$1')).filter((input) => LISTED.has(input)).toSorted()

suite('the modules of a bundle', () => {
  for (const [part, { endpoint: used, modules }] of Object.entries(PARTS)) {
    for (const target of TARGETS) {
      test(`${part} on ${target}`, async () => {
        const inputs = await inputsOf(planOf({ endpoints: [used] }), target)
        assert.deepEqual(listed(inputs), modules.toSorted())
        // No zod, no hono, nothing of compiler/ and of features/: the run time alone.
        assert.deepEqual(inputs.filter((input) => input !== 'gateway.js' && !/^worker\/.*\.ts$/.test(input)), [])
        assert.ok(!inputs.includes('worker/app.ts'))
        assert.deepEqual(inputs.filter((input) => TARGETS.some((name) => input === `worker/platform/${name}.ts`)), [`worker/platform/${target}.ts`])
      })
    }
  }

  test('all of it, once each', async () => {
    const endpoints = Object.values(PARTS).map(({ endpoint: used }, i) => ({ ...used, endpoint: `/${i}` }))
    const inputs = await inputsOf(planOf({ endpoints }), 'cloudflare')
    assert.deepEqual(listed(inputs), [...LISTED].toSorted())
  })
})

/** Where each of these namespaces stands. */
const FEATURES: { readonly [namespace: string]: (block: object) => object } = {
  'security/bot-detector': (block) => ({ endpoints: [NO_OP], extra_config: block }),
  'qos/ratelimit/router': (block) => ({ endpoints: [{ ...NO_OP, extra_config: block }] }),
  'modifier/lua-proxy': (block) => ({ endpoints: [{ ...NO_OP, extra_config: block }] }),
  'validation/cel': (block) => ({ endpoints: [{ ...NO_OP, extra_config: block }] }),
  'validation/json-schema': (block) => ({ endpoints: [{ ...NO_OP, method: 'POST', extra_config: block }] }),
}
const BLOCKS: { readonly [namespace: string]: object } = {
  'security/bot-detector': { deny: ['bot'] },
  'qos/ratelimit/router': { max_rate: 5 },
  'modifier/lua-proxy': { pre: "request.load():headers('X-A', 'b')" },
  'validation/cel': [{ check_expr: "req_path.matches('^/a')" }],
  'validation/json-schema': { type: 'object' },
}

/** Run time of one feature alone. */
const OWNED: { readonly [folder: string]: string } = { 'worker/lua/': 'modifier/lua-proxy', 'worker/cel/': 'validation/cel', 'worker/json-schema/': 'validation/json-schema' }

for (const namespace of features.map((feature) => feature.namespace).filter((name) => name in FEATURES)) {
  test(`${namespace} comes with its own module and no other feature's`, async () => {
    const inputs = await inputsOf(planOf(FEATURES[namespace]!({ [namespace]: BLOCKS[namespace] })), 'cloudflare')
    assert.deepEqual(inputs.filter((input) => input.startsWith('features/')), [`features/${namespace}/worker.ts`])
    assert.deepEqual(inputs.filter((input) => input.includes('node_modules/')), [])
    for (const [folder, owner] of Object.entries(OWNED)) assert.equal(inputs.some((input) => input.startsWith(folder)), owner === namespace, folder)
  })
}

test('scripts bring the open libraries only where they are allowed, and few bytes in all', async () => {
  const withScript = (more: object): object => ({ endpoints: [{ ...NO_OP, extra_config: { 'modifier/lua-proxy': { pre: 'local x = 1', ...more } } }] })
  const size = async (config: object): Promise<number> => (await bundle(emitModule(planOf(config), 'cloudflare'))).gzipBytes
  const none = await size({ endpoints: [NO_OP] })
  assert.deepEqual((await inputsOf(planOf(withScript({})), 'cloudflare')).filter((input) => /lua\/library\/(string|math|os)\./.test(input)), [])
  assert.ok((await size(withScript({}))) - none <= 20 * 1024)
  assert.ok((await size(withScript({ allow_open_libs: true }))) - none <= 30 * 1024)
})

/** In bytes. Deno's own HTTP client is in its bundle. */
const LARGEST: { readonly [T in Target]: number } = { cloudflare: 11.9 * 1024, workerd: 12.5 * 1024, deno: 17.1 * 1024 }

for (const target of TARGETS) {
  test(`the smallest gateway for ${target} is small`, async () => {
    const { gzipBytes, code } = await bundle(emitModule(planOf({ endpoints: [NO_OP] }), target))
    assert.ok(gzipBytes <= LARGEST[target], `${gzipBytes} bytes gzipped, and ${LARGEST[target]} allowed`)
    assert.equal(gzipBytes, gzipSync(code, { level: 9 }).length)
    assert.doesNotMatch(code, /\bimport\b.*\bfrom\b/)
  })
}

/** A user's folder beside the installed package. */
function userFolder(name: string): string {
  const own = path.join(folder, name)
  mkdirSync(path.join(own, 'node_modules'), { recursive: true })
  symlinkSync(ROOT, path.join(own, 'node_modules', 'cuttle'))
  return own
}

test('app.js brings hono, the served entry does not', async () => {
  const own = userFolder('app')
  writeFolder(own, await emitFolder(planOf({ endpoints: [NO_OP] }), 'cloudflare'))
  const packages = async (entry: string): Promise<string[]> => {
    const { metafile } = await build({ entryPoints: [entry], absWorkingDir: own, bundle: true, format: 'esm', write: false, metafile: true, external: ['cloudflare:*', 'node:*'] })
    const inputs = Object.keys(metafile.inputs).map((input) => path.relative(ROOT, path.resolve(own, input)))
    assert.ok(inputs.includes('worker/gateway.ts'))
    return [...new Set(inputs.map((input) => /node_modules\/([^/]+)/.exec(input)?.[1]).filter((name) => name !== undefined))]
  }
  assert.deepEqual(await packages('cloudflare.js'), [])
  assert.deepEqual(await packages('app.js'), ['hono'])
})

const run = promisify(execFile)
const CLI = path.join(ROOT, 'compiler', 'cli.ts')

for (const target of TARGETS) {
  test(`two builds for ${target} are the same to the byte, from whatever folder`, async () => {
    const config = path.join(folder, 'same.json')
    writeFileSync(config, JSON.stringify({ version: 3, endpoints: Object.values(PARTS).map(({ endpoint: used }, i) => ({ ...used, endpoint: `/${i}` })) }))
    const built: { [file: string]: string }[] = []
    for (const cwd of [ROOT, folder]) {
      const out = path.join(folder, `same-${target}-${built.length}`)
      await run(process.execPath, [CLI, 'build', '-c', config, '--target', target, '-o', out], { cwd })
      built.push(Object.fromEntries(readdirSync(out).map((file) => [file, readFileSync(path.join(out, file), 'utf8')])))
    }
    assert.ok(Object.keys(built[0]!).length >= 2)
    assert.deepEqual(built[0], built[1])
  })
}
