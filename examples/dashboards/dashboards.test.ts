/** The dashboards ask for what gateways tell: names and labels of a running one, and places of Analytics Engine's data points. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { compile } from '../../compiler/compile.ts'
import { readJson } from '../../compiler/load/source.ts'
import { parseSamples, type Sample } from '../../compiler/prometheus.ts'
import { features } from '../../features/index.ts'
import { isInstalled, startPrometheus } from '../../test/cluster/sinks.ts'
import { startAbandoning } from '../../worker/deadline.ts'
import { importGateway } from '../../test/gateway.ts'
import { bytesField, ownResponse, respond } from '../../worker/platform/web.ts'

interface Panel {
  id: number
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { expr?: string; query?: string; legendFormat?: string }[]
}
interface Dashboard {
  uid: string
  title: string
  templating: { list: { name: string; definition?: string }[] }
  panels: Panel[]
}

const read = (name: string): Dashboard => JSON.parse(readFileSync(path.join(import.meta.dirname, name), 'utf8')) as Dashboard
const queriesOf = ({ panels }: Dashboard): string[] => panels.flatMap(({ targets = [] }) => targets.map(({ expr, query }) => expr ?? query ?? ''))

const config = {
  version: 3,
  timeout: '30ms',
  extra_config: { 'telemetry/opentelemetry': { metric_reporting_period: 0.01, exporters: { prometheus: [{ name: 'p' }], otlp: [{ name: 'o', host: 'sink', use_http: true }] } } },
  endpoints: ['fine', 'down', 'slow'].map((name) => ({ endpoint: `/${name}/{id}`, output_encoding: 'no-op', backend: [{ host: [`http://${name}.example`], url_pattern: '/x/{id}', encoding: 'no-op' }] })),
}

/** What /metrics tells of a gateway that has seen it all: an answer, no answer, one that is late, a sink that is down. */
async function scrape(): Promise<{ text: string; samples: Sample[] }> {
  const { plan } = compile(readJson('gateway.json', JSON.stringify(config)), features, 'workerd')
  const fetch = (url: string): Promise<Response> => {
    if (url.startsWith('http://fine')) return Promise.resolve(new Response('{}', { headers: { 'content-length': '2' } }))
    return url.startsWith('http://slow') ? new Promise(() => undefined) : Promise.reject(new Error('refused'))
  }
  const pending: Promise<unknown>[] = []
  const { fetch: ask, listen } = await importGateway(plan, () => ({ name: 'test', fetch, startDeadline: startAbandoning, connections: Number.POSITIVE_INFINITY, resolveSrv: null, toField: bytesField, respond, own: ownResponse, now: Date.now, startedAt: Date.now(), openCache: null, binding: () => undefined, peer: () => '192.0.2.1', whenSent: null, namesClient: false, log: () => undefined, atStop: () => undefined }))
  for (const name of ['fine', 'down', 'slow']) await (await ask(new Request(`http://gateway.test/${name}/7`), {}, { waitUntil: (work) => void pending.push(work) })).text()
  await Promise.all(pending)
  await sleep(20)
  const text = await (await listen(0, new Request('http://gateway.test/metrics'), {})).text()
  return { text, samples: parseSamples(text) }
}

suite('dashboards', () => {
  for (const name of ['prometheus.json', 'analytics-engine.json']) {
    test(`${name} is in order`, () => {
      const { panels, templating } = read(name)
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
      for (const { title, gridPos, targets, type } of panels) {
        assert.ok(gridPos.x + gridPos.w <= 24, title)
        assert.ok(type === 'row' || targets?.length, title)
      }
      const variables = new Set([...templating.list.map((one) => one.name), '__rate_interval', 'timeFilter', 'timeSeries'])
      for (const query of queriesOf(read(name))) for (const [, used] of query.matchAll(/\$(\w+)/g)) assert.ok(variables.has(used!), `${used} in ${query}`)
    })
  }
})

suite('prometheus.json', () => {
  let told: { text: string; samples: Sample[] }
  before(async () => {
    told = await scrape()
  })
  const dashboard = read('prometheus.json')
  const definitions = dashboard.templating.list.flatMap(({ definition = '' }) => /^label_values\((.*), (\w+)\)$/.exec(definition)?.slice(1) ?? [])

  test('each metric is one that a gateway exports', () => {
    const names = new Set(told.samples.map((sample) => sample.name))
    for (const query of [...queriesOf(dashboard), ...definitions]) for (const [name] of query.matchAll(/\b(?:http_(?:server|client)_\w+|krakend_(?:proxy|backend)_\w+|cuttle_telemetry_\w+|target_info)(?=\{)/g)) assert.ok(names.has(name), `${name} in ${query}`)
  })

  test('each label is one that its metrics have', () => {
    const own = new Set(['job', 'instance', 'le'])
    for (const query of queriesOf(dashboard)) {
      const metrics = [...query.matchAll(/(\w+)\{([^}]*)\}/g)]
      assert.ok(metrics.length, query)
      const grouped = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(', '))
      for (const [, metric, selector] of metrics) {
        const lines = told.samples.filter(({ name }) => name === metric).map(({ labels }) => labels)
        const filtered = [...selector!.matchAll(/(\w+)=?[=~!]/g)].map(([, label]) => label!)
        for (const label of [...grouped, ...filtered].filter((one) => !own.has(one))) assert.ok(lines.some((labels) => labels.includes(`${label}="`)), `${label} of ${metric} in ${query}`)
      }
    }
  })

  test('Prometheus takes each query', { skip: isInstalled('prometheus') ? false : 'prometheus is not installed' }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-dashboards-'))
    const prometheus = await startPrometheus(folder, [])
    try {
      for (const query of queriesOf(dashboard)) {
        const filled = query.replaceAll('$__rate_interval', '1m').replace(/\$\w+/g, '.*')
        const response = await fetch(`http://127.0.0.1:${prometheus.port}/api/v1/query?query=${encodeURIComponent(filled)}`)
        assert.equal(response.status, 200, `${filled}\n${await response.text()}`)
      }
    } finally {
      await prometheus.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
