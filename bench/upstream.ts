/** The upstream of the benchmarks: fixed answers from memory. Prints its port. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'

const item = (i: number): object => ({ id: i, sku: `SKU-${i}`, name: `Product number ${i}`, price: i * 1.25, stock: i % 7, tags: ['a', 'bb', `tag${i}`], text: 'A somewhat long description of the product.', active: i % 2 === 0, parent: null })
const list = (count: number): object[] => Array.from({ length: count }, (_, i) => item(i))

const answers: { readonly [path: string]: Buffer } = Object.fromEntries(
  Object.entries({
    '/1k': { id: 1, kind: 'small', items: list(5) },
    '/100k': { id: 2, internal: { margin: 0.4, supplier: 'acme', notes: ['x', 'y'] }, kind: 'large', items: list(590) },
    '/a': { id: 3, name: 'a', items: list(3), secret: 'x' },
    '/b': { id: 4, name: 'b', items: list(3), secret: 'y' },
    '/c': { id: 5, name: 'c', items: list(3), secret: 'z' },
  }).map(([path, value]) => [path, Buffer.from(JSON.stringify(value))]),
)

const server = http.createServer((request, response) => {
  const body = answers[request.url!.split('?')[0]!] ?? answers['/1k']!
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length })
  response.end(body)
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
