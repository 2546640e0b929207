/** `cuttle run --workers`: one node of several processes, watched over. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { RUNTIMES } from '../compiler/runtimes.ts'
import { freePort } from './free-port.ts'

const CLI = fileURLToPath(new URL('../compiler/cli.ts', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-node-'))
const file = path.join(folder, 'krakend.json')
const configuration = { version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://127.0.0.1:9999'], url_pattern: '/' }] }] }
writeFileSync(file, JSON.stringify(configuration))
const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

interface Node {
  child: ChildProcess
  gateway: string
  admin: string
  ended: Promise<number | null>
}

async function startNode(runtime: string, ...args: string[]): Promise<Node> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, [CLI, 'run', '-c', file, '-p', String(port), '--runtime', runtime, '--workers', '2', '--admin', String(adminPort), ...args], { stdio: 'ignore' })
  children.push(child)
  const node: Node = { child, gateway: `http://127.0.0.1:${port}/__health`, admin: `http://127.0.0.1:${adminPort}`, ended: new Promise((resolve) => child.on('exit', resolve)) }
  for (let tries = 0; (await statusOf(`${node.admin}/ready`)) !== 200; tries++) {
    assert.ok(tries < 200, 'the node does not get ready')
    await sleep(50)
  }
  return node
}

const statusOf = (url: string): Promise<number> => fetch(url, { headers: { connection: 'close' } }).then(
    async (response) => {
      await response.arrayBuffer()
      return response.status
    },
    () => 0,
  )

/** The gateway processes of a node. Small images have no ps. */
function workersOf({ child }: Node, runtime: string): number[] {
  const pids = existsSync('/proc/self/stat') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  const lines = pids.length ? pids.map(statOf) : spawnSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' }).stdout.trim().split('\n')
  const found = lines.map((line) => line.trim().split(/\s+/)).filter(([, parent, name = '']) => parent === String(child.pid) && path.basename(name) === runtime)
  return found.map(([pid]) => Number(pid))
}

/** As ps tells it. */
function statOf(pid: string): string {
  try {
    const [, name, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return `${pid} ${parent} ${name}`
  } catch {
    // It has ended meanwhile.
    return ''
  }
}

for (const runtime of RUNTIMES) {
  suite(`a node of two ${runtime} processes`, () => {
    test('goes on when one is killed, and replaces it', async () => {
      const node = await startNode(runtime)
      const before = workersOf(node, runtime)
      assert.equal(before.length, 2)
      process.kill(before[0]!, 'SIGKILL')
      // What it accepts in its last moment is lost with it.
      await sleep(30)
      for (let tries = 0; workersOf(node, runtime).filter((pid) => pid !== before[0]).length < 2; tries++) {
        assert.ok(tries < 100, 'it is not replaced')
        assert.equal(await statusOf(node.gateway), 200)
        await sleep(50)
      }
      node.child.kill('SIGTERM')
      assert.equal(await node.ended, 0)
    })

    test('fails its readiness first, and serves on until it is drained', async () => {
      const node = await startNode(runtime, '--drain', '1')
      assert.equal(await statusOf(`${node.admin}/live`), 200)
      node.child.kill('SIGTERM')
      while ((await statusOf(`${node.admin}/ready`)) === 200);
      assert.equal(await statusOf(`${node.admin}/ready`), 503)
      assert.equal(await statusOf(node.gateway), 200)
      assert.equal(await node.ended, 0)
      assert.equal(await statusOf(node.gateway), 0)
    })
  })
}

for (const runtime of RUNTIMES) {
  test(`two ${runtime} processes tell their counts as one`, async () => {
    const metricsPort = await freePort()
    const counting = path.join(folder, `${runtime}.json`)
    writeFileSync(counting, JSON.stringify({ ...configuration, extra_config: { 'telemetry/opentelemetry': { skip_paths: [''], exporters: { prometheus: [{ name: 'p', host: '127.0.0.1', port: metricsPort }] } } } }))
    const node = await startNode(runtime, '-c', counting)
    for (let i = 0; i < 20; i++) assert.equal(await statusOf(node.gateway), 200)
    for (const url of [`http://127.0.0.1:${metricsPort}/metrics`, `${node.admin}/metrics`]) {
      const text = await (await fetch(url)).text()
      assert.match(text, /^http_server_request_duration_seconds_count\{[^}]*http_route="\/__health"[^}]*\} 20$/m)
    }
    node.child.kill('SIGTERM')
    assert.equal(await node.ended, 0)
  })
}

test('a number of workers that makes no sense is a usage error', () => {
  const broken = spawnSync(process.execPath, [CLI, 'run', '-c', file, '--workers', '0'], { encoding: 'utf8' })
  assert.equal(broken.status, 255)
  assert.match(broken.stderr, /--workers: expected a number from 1 to 256, or auto/)
})
