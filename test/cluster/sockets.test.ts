/** Nodes never talk to each other: whatever a node has open under load leads to clients, upstreams and sinks. Asked of Linux, not of the nodes. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad } from '../../compiler/cluster/load.ts'
import { type Node, startNode } from '../../compiler/cluster/nodes.ts'
import { emitFolder, writeFolder } from '../../compiler/emit/folder.ts'
import { compile } from '../../compiler/compile.ts'
import { readJson } from '../../compiler/load/source.ts'
import { type Runtime, RUNTIMES } from '../../compiler/runtimes.ts'
import { features } from '../../features/index.ts'
import { freePort } from '../free-port.ts'

interface Socket {
  kind: string
  listens: boolean
  local: number
  remote: number
  /** Of a socket in the file system. */
  path: string
}

/** Of a process: what its descriptors are, looked up in the kernel's tables. */
function socketsOf(pid: number): Socket[] {
  const inodes = new Set<string>()
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1]
    if (inode) inodes.add(inode)
  }
  const rows = (kind: string): string[][] => readFileSync(`/proc/${pid}/net/${kind}`, 'utf8').trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/))
  const portOf = (address: string): number => Number.parseInt(address.split(':').at(-1)!, 16)
  const internet = ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6'].filter((kind) => existsSync(`/proc/${pid}/net/${kind}`)).flatMap((kind) =>
    rows(kind).filter((row) => inodes.has(row[9]!)).map(([, local, remote, state]): Socket => ({ kind: kind.replace('6', ''), listens: state === '0A', local: portOf(local!), remote: portOf(remote!), path: '' })))
  const local = rows('unix').filter((row) => inodes.has(row[6]!)).map((row): Socket => ({ kind: 'unix', listens: false, local: 0, remote: 0, path: row[7] ?? '' }))
  return [...internet, ...local]
}

/** A descriptor may be closed meanwhile. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}

const childrenOf = (pid: number): string => readdirSync(`/proc/${pid}/task`).map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')).join('').trim()

/** Answers everything. */
async function startServer(t: TestContext): Promise<{ port: number; asked(): number }> {
  let asked = 0
  const server = http.createServer((request, response) => {
    asked++
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{"ok":true}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => (server.closeAllConnections(), server.close()))
  return { port: (server.address() as AddressInfo).port, asked: () => asked }
}

async function startNodes(t: TestContext, runtime: Runtime, config: object): Promise<Node[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-sockets-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const { plan, secrets } = compile(readJson('gateway.json', JSON.stringify(config)), features, runtime)
  writeFolder(folder, await emitFolder(plan, runtime))
  const artifact = { runtime, folder, env: secrets, listeners: plan.listeners.map(({ name }) => name) }
  const nodes: Node[] = []
  for (let number = 1; number <= 3; number++) {
    const node = await startNode(artifact, { number, port: await freePort(), metricsPort: await freePort() })
    assert.ok(node, 'a node does not start')
    nodes.push(node)
    t.after(async () => {
      node.started.child.kill('SIGKILL')
      await node.started.ended
    })
  }
  return nodes
}

interface Seen {
  clients: number
  upstreams: number
  /** What is neither. */
  strange: string[]
}

/** Looks at all nodes again and again for three seconds. */
async function watch(nodes: readonly Node[], outward: ReadonlySet<number>): Promise<Seen> {
  const seen: Seen = { clients: 0, upstreams: 0, strange: [] }
  for (let look = 0; look < 60; look++) {
    const found = nodes.map((node) => ({ own: new Set([node.port, node.metricsPort]), sockets: socketsOf(node.started.child.pid!) }))
    for (const [i, { own, sockets }] of found.entries()) {
      const others = new Set(found.flatMap(({ own: ports, sockets: theirs }, j) => (i === j ? [] : [...ports, ...theirs.map(({ local }) => local)])))
      for (const socket of sockets) {
        const isClient = own.has(socket.local) && !socket.listens && !others.has(socket.remote)
        const isUpstream = socket.kind === 'tcp' && !socket.listens && outward.has(socket.remote)
        // A pair without a name leads nowhere: runtimes wake themselves by it.
        const isOwn = (socket.kind === 'unix' && socket.path === '') || (socket.listens && own.has(socket.local))
        if (isClient) seen.clients++
        else if (isUpstream) seen.upstreams++
        else if (!isOwn) seen.strange.push(`node ${i + 1}: ${JSON.stringify(socket)}`)
      }
    }
    await sleep(50)
  }
  return seen
}

suite('sockets of nodes under load', { skip: existsSync('/proc/self/net/tcp') ? false : 'there is no /proc/net/tcp' }, () => {
  for (const runtime of RUNTIMES) {
    test(`${runtime}: clients, upstreams and sinks`, async (t) => {
      const [upstream, otlp, influx] = [await startServer(t), await startServer(t), await startServer(t)]
      const limit = { max_rate: 1e6, client_max_rate: 1e6, strategy: 'ip' }
      const nodes = await startNodes(t, runtime, {
        version: 3,
        extra_config: {
          'telemetry/opentelemetry': { service_name: 'g', metric_reporting_period: 1, trace_sample_rate: 0.1, exporters: { prometheus: [{ name: 'p', port: 9090 }], otlp: [{ name: 'o', host: '127.0.0.1', port: otlp.port, use_http: true }] } },
          'telemetry/metrics': { endpoint_disabled: true },
          'telemetry/influx': { address: `http://127.0.0.1:${influx.port}`, ttl: '1s' },
        },
        // What nodes of other gateways ask each other about: limits, breakers, caches.
        endpoints: [{ endpoint: '/a', extra_config: { 'qos/ratelimit/router': limit }, backend: [{ host: [`http://127.0.0.1:${upstream.port}`], url_pattern: '/', extra_config: { 'qos/circuit-breaker': { interval: 1, timeout: 1, max_errors: 3 }, 'qos/http-cache': {} } }] }],
      })
      const loads = nodes.map(({ port }) => startLoad(port, ['/a'], 4))
      const outward = new Set([upstream.port, otlp.port, influx.port])
      const seen = await watch(nodes, outward)
      assert.deepEqual(seen.strange, [])
      for (const { started } of nodes) assert.equal(childrenOf(started.child.pid!), '', 'a node has started another process')
      await Promise.all(loads.map((load) => load.stop()))
      assert.deepEqual(loads.map(({ failed }) => failed), [0, 0, 0])
      assert.ok(seen.clients > 60 && seen.upstreams > 60, 'nothing was looked at')
      assert.ok(otlp.asked() > 0 && influx.asked() > 0, 'no sink was told anything')
    })
  }

  test('the check sees a node that asks another', async (t) => {
    const upstream = await startServer(t)
    const config = (port: number): object => ({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: [`http://127.0.0.1:${port}`], url_pattern: '/a' }] }] })
    const [asked] = await startNodes(t, 'workerd', config(upstream.port))
    const [asks] = await startNodes(t, 'workerd', config(asked!.port))
    const load = startLoad(asks!.port, ['/a'], 2)
    const { strange } = await watch([asked!, asks!], new Set([upstream.port]))
    await load.stop()
    assert.ok(strange.some((text) => text.startsWith('node 1')) && strange.some((text) => text.startsWith('node 2')))
  })
})
