/**
 * `npm run fuzz`: a gateway between clients and an upstream that both break every rule. It must go on answering, with every wait and
 * all memory bounded. `npm run fuzz -- --help`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { freePort } from '../free-port.ts'
import { ask, createRequest, type ENDPOINTS, type Sent } from './client.ts'
import { createRandom } from './random.ts'
import { startHostileUpstream } from './upstream.ts'

const { values } = parseArgs({
  options: {
    runtime: { type: 'string', default: 'workerd' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log('npm run fuzz -- [--runtime workerd|deno] [--seconds 60] [--seed N]')
  process.exit(0)
}

const TIMEOUT_MS = 500
/** An answer, or the end of the connection, comes within the endpoint's timeout and some slack for two busy cores. */
const PATIENCE_MS = 8 * TIMEOUT_MS
const CLIENTS = 32
const BUFFER_BYTES = 1 << 20
/** Of the gateway's processes together. What a runtime takes when idle is less than 120 MB. */
const MEMORY_MB = 600

/** What would be a defect of ours in the log. The runtimes' own words for CONNECT, for gzip in what passes through, and for clients that are gone are none. */
const DEFECT = /\b(?:TypeError|ReferenceError|RangeError|SyntaxError|InternalError)\b|[Uu]ncaught|unhandled|out of memory|\bFATAL\b/
const RUNTIME = /connect\(\) function|kj\/compat\/gzip|corrupt gzip stream|failed to write whole buffer/

function configuration(upstream: string, port: number): object {
  const backend = (more: object = {}): object => ({ host: [upstream], url_pattern: '/{attack}', ...more })
  const endpoint = (name: string, backends: readonly object[], more: object = {}): object[] =>
    ['GET', 'POST'].map((method) => ({ endpoint: `/${name}/{attack}`, method, input_headers: ['*'], input_query_strings: ['*'], backend: backends.map((one) => ({ method, ...one })), ...more }))
  const plans: { [name in (typeof ENDPOINTS)[number]]: object[] } = {
    json: endpoint('json', [backend()]),
    merged: endpoint('merged', [backend({ group: 'a' }), backend({ group: 'b' }), backend({ url_pattern: '/good' })]),
    sequence: endpoint('sequence', [backend(), backend({ url_pattern: '/{resp0_a}' })], { extra_config: { proxy: { sequential: true } } }),
    collection: endpoint('collection', [backend({ is_collection: true })], { output_encoding: 'json-collection' }),
    string: endpoint('string', [backend({ encoding: 'string' })], { output_encoding: 'string' }),
    xml: endpoint('xml', [backend({ encoding: 'xml' })], { output_encoding: 'xml' }),
    rss: endpoint('rss', [backend({ encoding: 'rss' })], { output_encoding: 'yaml' }),
    raw: endpoint('raw', [backend({ encoding: 'no-op' })], { output_encoding: 'no-op' }),
    shaped: endpoint('shaped', [backend({ deny: ['b.c'], mapping: { a: 'z' }, target: 'a', extra_config: { proxy: { flatmap_filter: [{ type: 'move', args: ['a.*.b', 'c'] }, { type: 'del', args: ['d'] }] } } })]),
    details: endpoint('details', [backend({ extra_config: { 'backend/http': { return_error_details: 'it' } } })]),
    query: endpoint('query', [backend({ url_pattern: '/good?{attack}' })]),
  }
  return { version: 3, port, timeout: `${TIMEOUT_MS}ms`, read_timeout: '1s', extra_config: { 'cuttle/limits': { max_buffered_body: BUFFER_BYTES }, router: { return_error_msg: true } }, endpoints: Object.values(plans).flat() }
}

/** Resident megabytes of a process and all that it started. */
function memoryOf(root: number): number {
  const lines = spawnSync('ps', ['-eo', 'pid=,ppid=,rss='], { encoding: 'utf8' }).stdout.trim().split('\n')
  const rows = lines.map((line) => line.trim().split(/\s+/).map(Number))
  const tree = new Set([root])
  for (let before = 0; before !== tree.size; ) {
    before = tree.size
    for (const [pid, parent] of rows) if (tree.has(parent!)) tree.add(pid!)
  }
  tree.delete(root)
  return rows.reduce((sum, [pid, , kilobytes]) => sum + (tree.has(pid!) ? kilobytes! : 0), 0) / 1024
}

/** Long runs are cut, so that a person can read it. */
const describe = ({ text, body, reading }: Sent): string => `body ${body}, reading ${reading}: ${JSON.stringify(text.replace(/(.)\1{20,}/g, '$1…')).slice(0, 400)}`

const random = createRandom(Number(values.seed))
const upstream = await startHostileUpstream(random)
const port = await freePort()
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-fuzz-'))
const file = path.join(folder, 'krakend.json')
writeFileSync(file, JSON.stringify(configuration(upstream.address, port)))
const gateway = spawn(process.execPath, [fileURLToPath(new URL('../../compiler/cli.ts', import.meta.url)), 'run', '-c', file, '--runtime', values.runtime], { stdio: ['ignore', 'pipe', 'pipe'] })
const findings: string[] = []
const find = (what: string): void => {
  if (!findings.includes(what)) console.log(`✖ ${what}`)
  findings.push(what)
}
let running = true
gateway.on('exit', (code) => {
  if (running) find(`the gateway ended with ${code}`)
  running = false
})
for (const stream of [gateway.stdout, gateway.stderr]) {
  stream.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) if (DEFECT.test(line) && !RUNTIME.test(line)) find(`in the log: ${line.slice(0, 300)}`)
  })
}

const good = async (): Promise<number> => {
  const response = await fetch(`http://127.0.0.1:${port}/json/good`, { signal: AbortSignal.timeout(PATIENCE_MS) })
  await response.arrayBuffer()
  return response.status
}
while (running && !(await good().catch(() => 0))) await sleep(50)

console.log(`${values.runtime}, seed ${values.seed}, ${values.seconds} s`)
const until = performance.now() + Number(values.seconds) * 1000
const statuses = new Map<number | null, number>()
let asked = 0
let peak = 0
async function client(): Promise<void> {
  while (running && performance.now() < until) {
    const sent: Sent = createRequest(random)
    const { status, hung } = await ask(port, sent, PATIENCE_MS)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    asked++
    if (hung && sent.body !== 'cut') find(`no answer in ${PATIENCE_MS} ms (${describe(sent)})`)
  }
}
async function watch(): Promise<void> {
  for (let turn = 0; running && performance.now() < until; turn++) {
    await sleep(1000)
    const memory = memoryOf(gateway.pid!)
    peak = Math.max(peak, memory)
    if (memory > MEMORY_MB) find(`more than ${MEMORY_MB} MB of memory`)
    const status = await good().catch((error: Error) => error.name)
    if (status !== 200) find(`a good request got ${status}`)
    if (turn % 10 === 9) console.log(`  ${asked} requests, ${memory.toFixed(0)} MB`)
  }
}
await Promise.all([watch(), ...Array.from({ length: CLIENTS }, client)])
await sleep(2 * TIMEOUT_MS)
const settled = running ? await good().catch((error: Error) => error.name) : 'nothing'
if (settled !== 200) find(`afterwards a good request got ${settled}`)
const rest = memoryOf(gateway.pid!)

running = false
gateway.kill('SIGTERM')
await Promise.race([new Promise((resolve) => gateway.on('exit', resolve)), sleep(5000)])
await upstream.stop()
rmSync(folder, { recursive: true, force: true })
console.log(`answers: ${[...statuses].toSorted(([a], [b]) => Number(a) - Number(b)).map(([status, count]) => `${count} × ${status ?? 'none'}`).join(', ')}`)
console.log(`memory: ${peak.toFixed(0)} MB at most, ${rest.toFixed(0)} MB at the end`)
console.log(`${asked} requests, ${findings.length} findings`)
process.exit(findings.length || !asked ? 1 : 0)
