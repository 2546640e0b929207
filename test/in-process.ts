/** The gateway of a configuration inside of Node, without a runtime around it: `node test/in-process.ts -c FILE -p PORT`. */
import { resolveSrv } from 'node:dns/promises'
import http from 'node:http'
import net from 'node:net'
import { Readable } from 'node:stream'
import tls from 'node:tls'
import { parseArgs } from 'node:util'
import { compile } from '../compiler/compile.ts'
import { formatPath, RefusedError } from '../compiler/diagnostics.ts'
import { readConfiguration } from '../compiler/load/read.ts'
import { features } from '../features/index.ts'
import { createAlarms } from '../worker/alarm.ts'
import { abortingBy } from '../worker/aborting.ts'
import type { GatewayFetch } from '../worker/gateway.ts'
import { type Connect, createClient } from '../worker/http1/client.ts'
import type { Socket } from '../worker/http1/connection.ts'
import { bytesField, log, ownResponse, respond } from '../worker/platform/web.ts'
import type { Platform } from '../worker/types.ts'
import { importGateway } from './gateway.ts'

/** Node's fetch adds headers that KrakenD does not send; the runtime's own client takes any socket. */
const connect: Connect = ({ secure, hostname, port }) =>
  new Promise((resolve, reject) => {
    const socket = secure ? tls.connect({ host: hostname, port, servername: hostname, ALPNProtocols: ['http/1.1'] }) : net.connect(port, hostname)
    socket.once('error', reject)
    socket.once(secure ? 'secureConnect' : 'connect', () => resolve(toSocket(socket)))
  })

function toSocket(socket: net.Socket): Socket {
  const pieces = socket.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, undefined>
  let rest: Uint8Array = Buffer.alloc(0)
  return {
    async read(into) {
      if (!rest.length) {
        const { done, value } = await pieces.next()
        if (done) return null
        rest = value
      }
      const count = Math.min(into.length, rest.length)
      into.set(rest.subarray(0, count))
      rest = rest.subarray(count)
      return count
    },
    write: (bytes) => new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)))),
    close: () => void socket.destroy(),
  }
}

const STARTED_AT = Date.now()

let secrets: { readonly [name: string]: string } = {}

const stops: (() => Promise<unknown>)[] = []
const createPlatform = (): Platform => ({
  name: 'in-process',
  fetch: createClient(connect),
  startDeadline: abortingBy(createAlarms()),
  connections: Number.POSITIVE_INFINITY,
  resolveSrv: async (name) => (await resolveSrv(name)).map(({ name: target, ...rest }) => ({ ...rest, target })),
  toField: bytesField,
  respond,
  own: ownResponse,
  now: Date.now,
  startedAt: STARTED_AT,
  openCache: null,
  binding: (name) => secrets[name] ?? process.env[name],
  peer: (_request, env) => (env as net.Socket).remoteAddress ?? '',
  whenSent: null,
  namesClient: false,
  log,
  atStop: (work) => void stops.push(work),
})

/** The address stands in the request as it was sent: `new Request` would clean its path. */
function toRequest(message: http.IncomingMessage): Request {
  const { method = 'GET', rawHeaders } = message
  const headers = new Headers()
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
  const hasBody = method !== 'GET' && method !== 'HEAD' && (headers.has('content-length') || headers.has('transfer-encoding'))
  const init = hasBody ? { body: Readable.toWeb(message) as ReadableStream<Uint8Array>, duplex: 'half' } : {}
  const request = new Request('http://gateway', { method, headers, ...init })
  Object.defineProperty(request, 'url', { value: `http://${headers.get('host')}${message.url}` })
  return request
}

async function answer(fetch: GatewayFetch, message: http.IncomingMessage, reply: http.ServerResponse): Promise<void> {
  const response = await fetch(toRequest(message), message.socket, { waitUntil: (work) => void work.catch(() => undefined) })
  reply.writeHead(response.status, [...response.headers].flat())
  if (!response.body) return void reply.end()
  const body = Readable.fromWeb(response.body as never)
  body.on('error', () => reply.destroy())
  body.pipe(reply)
}

const { values } = parseArgs({ options: { config: { type: 'string', short: 'c' }, port: { type: 'string', short: 'p' } } })
try {
  const { plan, secrets: own } = compile(await readConfiguration(values.config!), features)
  secrets = own
  const { fetch, start } = await importGateway(plan, createPlatform)
  await start(null, { waitUntil: (work) => void work.catch(() => undefined) })
  const server = http.createServer((message, reply) => void answer(fetch, message, reply).catch(() => reply.destroy()))
  server.listen(Number(values.port), '127.0.0.1')
  process.on('SIGTERM', () => server.close(() => void Promise.allSettled(stops.map((work) => work())).then(() => process.exit(0))))
} catch (error) {
  if (!(error instanceof RefusedError)) throw error
  console.error(error.findings.map(({ path, message }) => `${formatPath(path)}: ${message}`).join('\n'))
  process.exitCode = 1
}
