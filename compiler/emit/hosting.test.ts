import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { features } from '../../features/index.ts'
import { compile } from '../compile.ts'
import { readJson } from '../load/source.ts'
import type { Plan } from '../plan.ts'
import { DENO_VERSION } from '../runtimes.ts'
import { emitHosting, haproxy } from './hosting.ts'

const planOf = (config: object): Plan =>
  compile(readJson('gateway.json', JSON.stringify({ version: 3, name: 'My Shop', port: 9000, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://up:8000'], url_pattern: '/' }] }], ...config })), features).plan

test('images run the version of Deno that the tests run', () => {
  const { devDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { devDependencies: { deno: string } }
  assert.equal(DENO_VERSION, devDependencies.deno)
})

suite('files beside a built folder', () => {
  for (const target of ['workerd', 'deno'] as const) {
    const files = emitHosting(planOf({ extra_config: { router: { health_path: '/live' }, 'telemetry/opentelemetry': { exporters: { prometheus: [{ name: 'p', port: 9090 }] } } } }), target)

    test(`${target}: YAML that parses, with probes on the health endpoint and every port`, () => {
      const documents = parseAllDocuments(files['kubernetes.yaml']!)
      assert.deepEqual(documents.flatMap(({ errors }) => errors), [])
      const [deployment, service, scaler, budget] = documents.map((document) => document.toJS() as { kind: string; spec: never })
      assert.deepEqual([deployment, service, scaler, budget].map((one) => one?.kind), ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'])
      const { containers } = (deployment!.spec as { template: { spec: { containers: { ports: { containerPort: number }[]; readinessProbe: { httpGet: { path: string } } }[] } } }).template.spec
      assert.equal(containers[0]!.readinessProbe.httpGet.path, '/live')
      assert.deepEqual(containers[0]!.ports.map(({ containerPort }) => containerPort), [9000, 9090])
      const compose = parseAllDocuments(files['compose.yaml']!)[0]!
      assert.deepEqual(compose.errors, [])
      assert.deepEqual(Object.keys((compose.toJS() as { services: object }).services), ['balancer', 'node1', 'node2', 'node3'])
    })

    test(`${target}: what is served runs without privileges`, () => {
      assert.match(files.Dockerfile!, /nonroot|USER 65532/)
      assert.match(files['my-shop.service']!, /DynamicUser=yes/)
      assert.equal('my-shop.socket' in files, target === 'workerd')
    })
  }

  test('without a health endpoint the port itself is asked', () => {
    const files = emitHosting(planOf({ extra_config: { router: { disable_health: true } } }), 'workerd')
    assert.match(files['kubernetes.yaml']!, /readinessProbe: \{ tcpSocket/)
    assert.doesNotMatch(files['haproxy.cfg']!, /httpchk/)
  })
})

/** A `docker` that writes down what it is asked; of the balancer it knows one state. */
const DOCKER = `#!/bin/sh
echo "$*" | sed 's/.*echo/echo/' >> "$ASKED"
case "$*" in *'show servers'*) printf '1\\n# header\\n3 nodes 1 node1 10.0.0.1 2 0\\n3 nodes 2 node2 10.0.0.2 %s 0\\n3 nodes 3 node3 10.0.0.3 2 0\\n' "$NODE2";; esac
`

suite('roll.sh: a node is told to stop once no request comes any more', () => {
  const roll = (node2: string, ...args: string[]): { status: number | null; asked: string[]; stderr: string } => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-roll-'))
    try {
      const files: [string, string][] = [['docker', DOCKER], ['sleep', '#!/bin/sh\necho "sleep $1" >> "$ASKED"\n'], ['roll.sh', emitHosting(planOf({}), 'workerd')['roll.sh']!]]
      for (const [name, text] of files) writeFileSync(path.join(folder, name), text, { mode: 0o755 })
      const { status, stderr } = spawnSync('sh', ['roll.sh', ...args], { cwd: folder, encoding: 'utf8', env: { PATH: `${folder}:${process.env.PATH}`, ASKED: path.join(folder, 'asked'), NODE2: node2 } })
      return { status, stderr, asked: readFileSync(path.join(folder, 'asked'), 'utf8').trim().split('\n') }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  test('drained, replaced, found to serve, and used again', () => {
    const { status, asked, stderr } = roll('2', 'node1', 'node2')
    const steps = (node: string): string[] => [`echo 'set server nodes/${node} state drain' | nc 127.0.0.1 9999`, 'sleep 5', `compose up -d --no-deps ${node}`, 'sleep 6', "echo 'show servers state nodes' | nc 127.0.0.1 9999", `echo 'set server nodes/${node} state ready' | nc 127.0.0.1 9999`]
    assert.equal(status, 0, stderr)
    assert.deepEqual(asked, ['compose build', ...steps('node1'), ...steps('node2')])
  })

  test('where a node does not come back, the others are left alone', () => {
    const { status, asked, stderr } = roll('0', 'node2', 'node1')
    assert.equal(status, 1)
    assert.match(stderr, /node2 does not come back/)
    assert.ok(!asked.some((line) => line.includes('node1') || line.includes('ready')))
  })

  test('all nodes, and a balancer that takes commands from its own container alone', () => {
    assert.deepEqual(roll('2').asked.filter((line) => line.startsWith('compose up')), ['node1', 'node2', 'node3'].map((node) => `compose up -d --no-deps ${node}`))
    const files = emitHosting(planOf({}), 'deno')
    assert.match(files['haproxy.cfg']!, /^ {2}stats socket 127\.0\.0\.1:9999 mode 600 level admin$/m)
  })
})

test('HAProxy finds nodes again that come back elsewhere, and starts without them', () => {
  const text = emitHosting(planOf({}), 'workerd')['haproxy.cfg']!
  assert.match(text, /^resolvers names\n {2}nameserver dns 127\.0\.0\.11:53$/m)
  assert.match(text, /default-server .* resolvers names init-addr libc,none$/m)
})

test('HAProxy asks another node only where that does no harm', () => {
  const text = haproxy({ port: 1, health: '/__health', nodes: [{ name: 'n1', address: '127.0.0.1:2' }], stats: '/tmp/s', resolver: null })
  assert.match(text, /retry-on all-retryable-errors\n {2}http-request disable-l7-retry unless METH_GET/)
  assert.match(text, /http-request set-header X-Forwarded-For %\[src\]/)
  assert.match(text, /server n1 127\.0\.0\.1:2/)
})
