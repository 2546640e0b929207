/** The package as a user has it: packed, installed into an empty folder with a krakend.json, run by Node 20 and by this Node. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { accessSync, constants, copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, suite, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { pack } from '../scripts/pack.ts'
import { freePort } from './free-port.ts'
import { unversioned } from './unversioned.ts'

const ROOT = path.join(import.meta.dirname, '..')
const run = promisify(execFile)
type Json = { [key: string]: unknown }
const readJson = (file: string): Json => JSON.parse(readFileSync(file, 'utf8')) as Json

/** Another Node of the PATH than the one that runs the tests: the machine's own, which may be as old as 20. */
function otherNode(): string | undefined {
  const nodes = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => !folder.includes('node_modules')).map((folder) => path.join(folder, 'node'))
  return nodes.find((node) => existsSync(node) && execFileSync(node, ['-p', 'process.version'], { encoding: 'utf8' }).trim() !== process.version)
}

/** Without this project's tools on the PATH, and without what `npm test` tells its scripts. */
function environment(node: string): NodeJS.ProcessEnv {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => !folder.includes('node_modules'))
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|npm_config_local_prefix|INIT_CWD|NODE_TEST_CONTEXT|NODE_OPTIONS)/.test(name))
  return { ...Object.fromEntries(kept), PATH: [path.dirname(node), ...folders].join(path.delimiter) }
}

/** This project's lock, for the package alone: what `npm ci` has fetched is enough then, and no registry is asked. */
function writeLock(folder: string, tarball: string, manifest: Json): void {
  const dependencies = { cuttle: `file:${tarball}` }
  const { packages } = readJson(path.join(ROOT, 'package-lock.json')) as { packages: { [place: string]: { dev?: boolean } } }
  const needed = Object.entries(packages).filter(([place, { dev }]) => place && !dev && !place.startsWith('node_modules/node-'))
  const own = { version: manifest.version, resolved: dependencies.cuttle, dependencies: manifest.dependencies, bin: manifest.bin }
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, requires: true, packages: { '': { dependencies }, 'node_modules/cuttle': own, ...Object.fromEntries(needed) } }))
}

/** The answer's text, once something listens. */
async function ask(url: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await fetch(url)).text()
    } catch (error) {
      if (tries > 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** Nothing listens any more, soon. */
async function silence(port: number): Promise<void> {
  const listens = (): Promise<boolean> => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false)
  for (let tries = 0; await listens(); tries++) {
    assert.ok(tries < 60, `something listens on ${port} still`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Ends a program and what it started, as a process manager does. Gives its exit code. */
async function terminate(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  process.kill(-child.pid!, 'SIGTERM')
  return ended
}

const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-package-'))
const upstream = http.createServer((request, reply) => reply.end(JSON.stringify({ path: request.url, secret: 1 })))
const CUTTLE = path.join(folder, 'node_modules', '.bin', 'cuttle')
const GOLDEN = path.join(import.meta.dirname, 'golden')
let manifest: Json = {}
let whyNot: string | undefined

before(async () => {
  const tarball = pack()
  manifest = readJson(path.join(ROOT, 'dist', 'package', 'package.json'))
  copyFileSync(tarball, path.join(folder, path.basename(tarball)))
  writeLock(folder, path.basename(tarball), manifest)
  await run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder, env: environment(process.execPath) }).catch(({ stderr }: { stderr: string }) => {
    // What npm has not kept, an unreachable registry can't give.
    if (!/ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET/.test(stderr)) throw new Error(`npm ci: ${stderr}`)
    whyNot = 'npm has not kept the dependencies, and the registry can\'t be reached'
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const host = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  writeFileSync(path.join(folder, 'krakend.json'), JSON.stringify({ version: 3, endpoints: [{ endpoint: '/users/{id}', backend: [{ host: [host], url_pattern: '/u/{id}', deny: ['secret'] }] }] }))
})
after(() => {
  upstream.close()
  rmSync(folder, { recursive: true, force: true })
})

suite('the package', () => {
  test('has what it says, and what users need of package.json', () => {
    const own = readJson(path.join(ROOT, 'package.json'))
    assert.deepEqual(Object.keys(manifest).toSorted(), ['bin', 'dependencies', 'description', 'engines', 'exports', 'license', 'name', 'type', 'version'])
    assert.deepEqual(manifest.dependencies, own.dependencies)
    for (const [name, version] of Object.entries(manifest.dependencies as { [name: string]: string })) assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name)
    assert.deepEqual(Object.keys(manifest.exports as Json), Object.keys(own.exports as Json))
    for (const forms of Object.values(manifest.exports as { [entry: string]: { types: string; default: string } })) {
      for (const file of [forms.types, forms.default]) assert.notDeepEqual(globSync(file.replace('*', '**'), { cwd: path.join(ROOT, 'dist', 'package') }), [], file)
    }
  })

  test('is JavaScript and declarations, without tests', () => {
    const listed = execFileSync('tar', ['-tzf', path.join(folder, `cuttle-${String(manifest.version)}.tgz`)], { encoding: 'utf8' }).trim().split('\n').map((file) => file.replace(/^package\//, ''))
    assert.deepEqual(listed.filter((file) => !/^(worker|compiler|features|testing)\/.*\.(js|d\.ts)$/.test(file)).toSorted(), ['LICENSE', 'README.md', 'package.json'])
    assert.deepEqual(listed.filter((file) => file.includes('.test.')), [])
    for (const file of ['compiler/cli.js', 'compiler/commands/build.js', 'features/index.js', 'worker/gateway.js', 'worker/gateway.d.ts']) assert.ok(listed.includes(file), file)
    assert.match(readFileSync(path.join(ROOT, 'dist', 'package', 'compiler', 'cli.js'), 'utf8'), /^#!\/usr\/bin\/env node\n/)
    accessSync(path.join(ROOT, 'dist', 'package', 'compiler', 'cli.js'), constants.X_OK)
  })

  test('brings its dependencies, and no Node', (t) => {
    if (whyNot) return t.skip(whyNot)
    assert.ok(existsSync(path.join(folder, 'node_modules', 'esbuild')))
    assert.deepEqual(globSync('node_modules/node-*', { cwd: folder }), [])
  })

  test('has declarations that a user\'s tsc reads', async (t) => {
    if (whyNot) return t.skip(whyNot)
    const own = path.join(folder, 'typed')
    mkdirSync(own, { recursive: true })
    writeFileSync(path.join(own, 'index.ts'), "import { createApp } from 'cuttle/app'\nimport { createPlatform } from 'cuttle/cloudflare'\nimport type { Program } from 'cuttle/worker/types'\nexport const app = (program: Program) => createApp({ program, uses: {}, createPlatform })\nexport const wrong: number = createApp\n")
    writeFileSync(path.join(own, 'tsconfig.json'), JSON.stringify({ compilerOptions: { module: 'NodeNext', target: 'ES2024', lib: ['ES2024', 'WebWorker'], strict: true, noEmit: true, types: [] }, files: ['index.ts'] }))
    const { stdout } = await run(process.execPath, [path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', own]).catch((error: { stdout: string }) => error)
    assert.match(stdout, /^[^\n]*index\.ts\(5,14\): error TS2322: Type '\(gateway: Gateway\) => Hono<[^\n]*\n$/)
  })
})

const nodes = [process.execPath, otherNode()].filter((node) => node !== undefined)

for (const node of nodes) {
  const version = execFileSync(node, ['-p', 'process.version'], { encoding: 'utf8' }).trim()
  const env = environment(node)
  const npx = (...args: string[]): Promise<{ stdout: string; stderr: string }> => run('npx', ['--no', 'cuttle', ...args], { cwd: folder, env })

  /** Starts a program in the user's folder, in a process group of its own, asks it, and ends it. */
  async function serves(t: TestContext, program: string, args: readonly string[], port: number): Promise<number | null> {
    const child = spawn(program, args, { cwd: folder, env, stdio: 'ignore', detached: true })
    t.after(() => {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // All of it has ended.
      }
    })
    assert.equal(await ask(`http://127.0.0.1:${port}/users/7`), '{"path":"/u/7"}')
    const code = await terminate(child)
    await silence(port)
    return code
  }

  suite(`installed, with Node ${version}`, () => {
    test('npx cuttle check', async (t) => {
      if (whyNot) return t.skip(whyNot)
      const { stdout, stderr } = await npx('check')
      assert.match(stderr, /^Syntax OK!$/m)
      assert.equal(stdout, '')
    })

    test('cuttle plan means the same as the sources', async (t) => {
      if (whyNot) return t.skip(whyNot)
      for (const name of readdirSync(GOLDEN)) {
        const { stdout } = await run(CUTTLE, ['plan', '-c', path.join(GOLDEN, name, 'gateway.json')], { cwd: folder, env })
        assert.deepEqual(JSON.parse(unversioned(stdout, String(manifest.version))), readJson(path.join(GOLDEN, name, 'plan.json')), name)
      }
    })

    test('npx cuttle build --target workerd, and workerd serve', async (t) => {
      if (whyNot) return t.skip(whyNot)
      await npx('build', '--target', 'workerd', '-o', `out-${version}`)
      const port = await freePort()
      const workerd = path.join(folder, 'node_modules', '.bin', 'workerd')
      assert.equal(await serves(t, workerd, ['serve', `out-${version}/config.capnp`, '-s', `http=127.0.0.1:${port}`], port), 0)
    })

    test('cuttle run, until SIGTERM', async (t) => {
      if (whyNot) return t.skip(whyNot)
      const port = await freePort()
      assert.equal(await serves(t, CUTTLE, ['run', '-p', String(port)], port), 0)
    })

    test('npx cuttle run, until SIGTERM', async (t) => {
      if (whyNot) return t.skip(whyNot)
      const port = await freePort()
      // The exit code is npx's own affair.
      await serves(t, 'npx', ['--no', 'cuttle', 'run', '-p', String(port)], port)
    })

    test('npx cuttle build, bundled with the installed package', async (t) => {
      if (whyNot) return t.skip(whyNot)
      await npx('build', '-o', '.gateway')
      const meta = path.join(folder, `meta-${version}.json`)
      await run('npx', ['--no', 'esbuild', '.gateway/cloudflare.js', '--bundle', '--format=esm', '--outfile=out.js', `--metafile=${meta}`], { cwd: folder, env })
      const inputs = Object.keys((readJson(meta) as { inputs: Json }).inputs)
      assert.ok(inputs.includes('node_modules/cuttle/worker/gateway.js'), inputs.join('\n'))
      assert.deepEqual(inputs.filter((input) => !/^(node_modules\/cuttle\/worker|\.gateway)\//.test(input)), [])
    })
  })
}

test('there is a Node beside this one to try', { skip: nodes.length < 2 && 'the PATH has none' }, () => {
  assert.equal(nodes.length, 2)
})
