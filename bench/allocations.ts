/**
 * Bytes that a request allocates in the gateway itself, upstreams and platform left out: the same on every machine, so it can be held.
 * Prints one line of JSON. Run with `--max-semi-space-size=1024 --expose-gc`, so that nothing is collected while it counts.
 */
import { createGateway } from '../test/gateway.ts'

const REQUESTS = 500
const body = new TextEncoder().encode(JSON.stringify({ id: 1, kind: 'small', items: Array.from({ length: 5 }, (_, i) => ({ id: i, name: `Product number ${i}`, price: i * 1.25, tags: ['a', 'bb'] })) }))
const backend = (more: object = {}): object => ({ host: ['http://up'], url_pattern: '/1k', ...more })
const config = {
  version: 3,
  endpoints: [
    { endpoint: '/pass', output_encoding: 'no-op', backend: [backend()] },
    { endpoint: '/json/{id}', backend: [backend({ url_pattern: '/{id}', deny: ['kind'] })] },
    { endpoint: '/merge', backend: [backend({ group: 'a' }), backend({ group: 'b', allow: ['id'] }), backend({ group: 'c' })] },
  ],
}

const collect = globalThis.gc
if (!collect) throw new Error('node --expose-gc --max-semi-space-size=1024 bench/allocations.ts')
const gateway = await createGateway(config, { fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': 'application/json', 'content-length': String(body.length) } })) })
/** What the stand-in for an upstream allocates, and asking for the answer. */
const idle = async (): Promise<void> => void (await new Response(body, { headers: { 'content-type': 'application/json', 'content-length': String(body.length) } }).arrayBuffer())

async function bytesOf(work: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 2 * REQUESTS; i++) await work()
  collect!()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < REQUESTS; i++) await work()
  return (process.memoryUsage().heapUsed - before) / REQUESTS
}

const results: { [name: string]: number } = {}
const own = await bytesOf(idle)
for (const [name, path, calls] of [['pass-through', '/pass', 1], ['JSON', '/json/7', 1], ['three merged', '/merge', 3]] as const) {
  results[name] = Math.round((await bytesOf(async () => (await gateway.fetch(path)).arrayBuffer())) - calls * own)
}
console.log(JSON.stringify(results))
process.exit()
