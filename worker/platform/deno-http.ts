/**
 * A fetch over Deno's node:http, for the calls that Deno's own fetch would change: it adds `Accept`, and it sends a request once
 * more where a connection breaks, a POST too. It costs the same for small bodies; fetch passes large ones on at half the cost.
 */
// @ts-types="npm:@types/node"
import http from 'node:http'
import https from 'node:https'
import type { CallInit, Failure } from '../types.ts'

type IncomingMessage = http.IncomingMessage

const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) }
const NO_BODY = new Set([204, 205, 304])

export function nodeFetch(address: string, init: CallInit): Promise<Response> {
  const url = new URL(address)
  const secure = url.protocol === 'https:'
  const { signal } = init
  return new Promise((resolve, reject) => {
    const options = { method: init.method, headers: init.headers, agent: agents[secure ? 'https:' : 'http:'] }
    const request = (secure ? https : http).request(url, options, (message) => {
      const { statusCode: status = 0 } = message
      const headers = headersOf(message)
      const answer = (body: BodyInit | null): void => resolve(new Response(NO_BODY.has(status) ? null : body, { status, headers }))
      if (init.buffer === null) answer(stream(message))
      else buffer(message, init.buffer).then(answer, reject)
    })
    request.on('error', reject)
    // Deno sends a request once more where a kept connection turns out to be closed. Go does so too, but for GET and HEAD only;
    // and Deno does it for requests that were ended here.
    if (init.method !== 'GET' && init.method !== 'HEAD') request.reusedSocket = false
    signal.addEventListener('abort', () => {
      request.reusedSocket = false
      request.destroy(new Error('aborted'))
    })
    send(request, init.body ?? null).catch(reject)
  })
}

async function send(request: http.ClientRequest, body: CallInit['body'] | null): Promise<void> {
  if (body instanceof ReadableStream) for await (const chunk of body) if (!request.write(chunk)) await drained(request)
  request.end(body instanceof Uint8Array ? body : undefined)
}

const drained = (request: http.ClientRequest): Promise<void> => new Promise((resolve) => request.once('drain', () => resolve()))

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
  return headers
}

/** The whole body, up to a size: the caller would read it whole anyway, and a stream would cost more. */
function buffer(message: IncomingMessage, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array<ArrayBuffer>[] = []
    let size = 0
    message.on('data', (chunk: Uint8Array<ArrayBuffer>) => {
      size += chunk.length
      chunks.push(chunk)
      if (size > limit) message.destroy(new Error(`body larger than ${limit} bytes`))
    })
    message.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : join(chunks, size)))
    message.on('aborted', () => reject(CUT))
    message.on('error', reject)
  })
}
const CUT: Failure = { kind: 'network', message: 'unexpected EOF' }

function join(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

function stream(message: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      message.on('data', (chunk: Uint8Array<ArrayBuffer>) => {
        controller.enqueue(chunk)
        if ((controller.desiredSize ?? 1) <= 0) message.pause()
      })
      message.on('end', () => controller.close())
      message.on('error', (error) => controller.error(error))
    },
    pull: () => void message.resume(),
    cancel: () => void message.destroy(),
  })
}
