/** What a newcomer gets: `npm start` serves the shop, every endpoint answers, and its end leaves nothing behind. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isFree } from '../compiler/runtimes.ts'
import { FIRST_PORT, SERVICES } from '../examples/services.ts'
import { TOUR } from '../examples/tour.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const config = JSON.parse(readFileSync(path.join(ROOT, 'config/gateway.json'), 'utf8')) as {
  port: number
  endpoints: { endpoint: string; method?: string; backend: { host: string[] }[] }[]
}

interface Shop {
  child: ChildProcess
  origin: string
  /** The gateway's, then the services'. */
  ports: readonly number[]
  /** Its temporary files. */
  folder: string
  output(): string
  ended: Promise<number | null>
}

const shops: Shop[] = []
after(async () => {
  for (const { child, ended, folder } of shops) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
})

function launch(command: string, args: readonly string[], ports: readonly number[]): Shop {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-start-test-'))
  const child = spawn(command, [...args, '-p', String(ports[0]), '--services', String(ports[1])], { cwd: ROOT, env: { ...process.env, TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const shop: Shop = { child, origin: `http://localhost:${ports[0]}`, ports, folder, output: () => text, ended }
  shops.push(shop)
  return shop
}

const launchStart = (ports: readonly number[]): Shop => launch(process.execPath, ['examples/start.ts'], ports)

async function whenReady({ child, output }: Shop): Promise<void> {
  while (!output().includes('Ctrl-C ends it.')) {
    assert.equal(child.exitCode, null, `it ended before it was ready: ${output()}`)
    await sleep(25)
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Neighbouring ports below those that systems hand out for port 0, so that tests beside this one don't take them in between. */
async function freePorts(): Promise<number[]> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 9000)
    const ports = Array.from({ length: SERVICES.length + 1 }, (_, i) => first + i)
    const free = await Promise.all(ports.map((port) => isFree('0.0.0.0', port)))
    if (free.every(Boolean)) return ports
  }
}

const listening = async (ports: readonly number[]): Promise<number[]> => {
  const found = await Promise.all(ports.map(async (port) => ((await isFree('0.0.0.0', port)) ? [] : [port])))
  return found.flat()
}

void test('the sample is what `npm start` serves, on its own ports', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
  assert.equal(scripts.start, 'node examples/start.ts')
  assert.equal(config.port, 8080)
  const hosts = new Set(config.endpoints.flatMap(({ backend }) => backend.flatMap(({ host }) => host)))
  assert.deepEqual([...hosts].toSorted(), SERVICES.map((_, i) => `http://localhost:${FIRST_PORT + i}`))
  const endpoints = config.endpoints.map(({ endpoint, method = 'GET' }) => `${method} ${endpoint}`)
  assert.deepEqual(TOUR.map(({ endpoint }) => endpoint), endpoints)
})

void describe('the shop', () => {
  let shop: Shop
  const ask = (where: string, init?: RequestInit): Promise<Response> => fetch(shop.origin + where, init)
  const completed = (response: Response): string | null => response.headers.get('x-krakend-completed')

  before(async () => {
    shop = launchStart(await freePorts())
    await whenReady(shop)
    // Each service's first request starts its isolate: that may not eat the endpoints' time.
    await Promise.all(shop.ports.slice(1).map((port) => fetch(`http://127.0.0.1:${port}/`)))
  })

  void test('joins a product page from five services', async () => {
    const response = await ask('/products/lamp')
    assert.deepEqual(await response.json(), {
      id: 'lamp',
      name: 'Desk lamp',
      category: 'light',
      tags: ['led', 'desk'],
      price: { amount: 39.9, currency: 'EUR', vat: { rate: 25 } },
      stock: { available: 15, warehouses: { oslo: 3, bergen: 12 } },
      reviews: [{ name: 'Ann', stars: 5, text: 'Bright and quiet.' }, { name: 'Bob', stars: 3, text: 'The cable is short.' }],
      suggestions: [{ id: 'desk', title: 'Walnut desk' }],
    })
    assert.equal(response.status, 200)
    assert.equal(completed(response), 'true')
    assert.equal(response.headers.get('cache-control'), 'public, max-age=60')
  })

  void test('leaves out a service that fails', async () => {
    const response = await ask('/products/chair')
    const page = (await response.json()) as object
    assert.equal(response.status, 200)
    assert.deepEqual(Object.keys(page).toSorted(), ['category', 'id', 'name', 'price', 'stock', 'suggestions', 'tags'])
    assert.equal(completed(response), 'false')
    assert.equal(response.headers.get('cache-control'), null)
  })

  void test('leaves out a service that is too slow, and does not wait for it', async () => {
    const before = performance.now()
    const response = await ask('/products/desk')
    const page = (await response.json()) as object
    const took = performance.now() - before
    assert.deepEqual(Object.keys(page).toSorted(), ['category', 'id', 'name', 'price', 'reviews', 'suggestions', 'tags'])
    assert.equal(completed(response), 'false')
    assert.equal(response.headers.get('cache-control'), null)
    assert.ok(took > 800 && took < 2500, `expected the endpoint's time and not the service's 3 s, took ${took} ms`)
  })

  void test('searches by query strings', async () => {
    const response = await ask('/search?q=desk&sort=-title')
    assert.equal(completed(response), 'true')
    assert.deepEqual(await response.json(), {
      items: [
        { id: 'desk', title: 'Walnut desk', category: 'furniture', tags: ['walnut', 'desk'] },
        { id: 'lamp', title: 'Desk lamp', category: 'light', tags: ['led', 'desk'] },
      ],
      total: 2,
    })
    const light = (await (await ask('/search?category=light')).json()) as { items: { id: string }[] }
    assert.deepEqual(light.items.map(({ id }) => id), ['lamp', 'lantern'])
    assert.equal((await ask('/search?sort=price')).status, 400)
  })

  void test('takes an order, and joins it with its product', async () => {
    const post = (body: string): Promise<Response> => ask('/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const created = await post('{"item":"chair","quantity":3,"note":"ignored"}')
    assert.equal(created.status, 201)
    const order = (await created.json()) as { id: number }
    assert.deepEqual(order, { id: order.id, item: 'chair', quantity: 3 })
    assert.equal(created.headers.get('location'), `/orders/${order.id}`)
    const read = await ask(created.headers.get('location')!)
    assert.deepEqual(await read.json(), { ...order, product: { id: 'chair', title: 'Oak chair' } })
    assert.equal(completed(read), 'true')
    const refused = await post('{"item":"sofa"}')
    assert.equal(refused.status, 422)
    assert.equal(((await refused.json()) as { problems: string[] }).problems.length, 2)
    assert.equal((await post('no JSON')).status, 422)
  })

  void test('passes files through untouched', async () => {
    const picture = await ask('/files/lamp.svg')
    const straight = await fetch(`http://127.0.0.1:${shop.ports.at(-1)}/files/lamp.svg`)
    assert.equal(await picture.text(), await straight.text())
    assert.equal(picture.headers.get('content-type'), 'image/svg+xml')
    const etag = picture.headers.get('etag')
    assert.match(etag!, /^"[0-9a-f]{16}"$/)
    assert.equal(etag, straight.headers.get('etag'))
    assert.equal((await ask('/files/lamp.svg', { headers: { 'if-none-match': etag! } })).status, 304)
    const table = await ask('/files/prices.csv')
    assert.equal(table.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.match(await table.text(), /^product,amount,currency\n/)
    assert.equal((await ask('/files/none')).status, 404)
  })

  void test('answers with a list', async () => {
    const response = await ask('/categories')
    assert.deepEqual(await response.json(), [{ id: 'light', title: 'Light' }, { id: 'furniture', title: 'Furniture' }])
    assert.equal(response.headers.get('cache-control'), 'public, max-age=3600')
  })

  void test('falls back on static data', async () => {
    const friday = await ask('/offers/friday')
    assert.equal(((await friday.json()) as { offers: object[] }).offers.length, 2)
    assert.equal(completed(friday), 'true')
    const sunday = await ask('/offers/sunday')
    assert.equal(sunday.status, 200)
    assert.deepEqual(await sunday.json(), { offers: [], notice: 'No offers right now' })
    assert.equal(completed(sunday), 'false')
  })

  void test('prints what to try for each endpoint, and answers it', async () => {
    const output = shop.output()
    for (const { endpoint, asks } of TOUR) {
      assert.ok(output.includes(`${endpoint}: `), `${endpoint} is not printed`)
      for (const { path: where, body } of asks) {
        assert.ok(output.includes(`${shop.origin}${where}${body ? ' -H ' : '\n'}`), `${where} is not printed`)
        const response = await ask(where, body ? { method: 'POST', body: JSON.stringify(body) } : {})
        assert.ok(response.status < 500, `${where} answers ${response.status}`)
        assert.notEqual(await response.text(), '')
      }
    }
  })

  void test('SIGTERM ends everything, with exit code 0', async () => {
    assert.deepEqual(await listening(shop.ports), shop.ports)
    shop.child.kill('SIGTERM')
    assert.equal(await shop.ended, 0)
    assert.deepEqual(await listening(shop.ports), [])
    assert.deepEqual(readdirSync(shop.folder), [])
  })
})

void test('`npm start` leaves nothing behind when npm alone is signalled', async () => {
  const shop = launch('npm', ['start', '--'], await freePorts())
  await whenReady(shop)
  shop.child.kill('SIGTERM')
  await shop.ended
  assert.deepEqual(await listening(shop.ports), [])
  assert.deepEqual(readdirSync(shop.folder), [])
})

void test('a port in use is named in one line', async () => {
  const ports = await freePorts()
  for (const [taken, word] of [[ports[0]!, 'gateway'], [ports[3]!, 'stock']] as const) {
    const server = net.createServer()
    await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve))
    const shop = launchStart(ports)
    assert.equal(await shop.ended, 1)
    assert.match(shop.output(), new RegExp(`^error: port ${taken} is in use[^\n]*${word}[^\n]*\n$`))
    await new Promise((resolve) => server.close(resolve))
    assert.deepEqual(readdirSync(shop.folder), [])
  }
})
