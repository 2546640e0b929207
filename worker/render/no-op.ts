/** `output_encoding: no-op`: status, headers and body of the upstream, with the gateway's own headers added. */
import type { Answer, CreateRender } from '../types.ts'
import { sniff } from './sniff.ts'
import { COMPLETED, VERSION } from './writer.ts'

/** What belongs to the upstream's connection, and what the platform has undone or sets itself. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'trailer', 'te']
const NO_BODY = new Set([101, 204, 205, 304])

export const render: CreateRender<{ cacheControl: string | null }> = (_options, made) => {
  const { version } = made.site.service
  return async (answer) => {
    const upstream = answer?.body.kind === 'raw' ? answer.body.response : null
    const headers = new Headers(answer?.headers ?? undefined)
    for (const name of HOP_BY_HOP) headers.delete(name)
    addBefore(headers, VERSION, version)
    addBefore(headers, COMPLETED, 'false')
    if (!upstream) return new Response(null, { status: answer ? statusOf(answer) : 500, headers })
    let body = NO_BODY.has(answer!.status) ? null : upstream.body
    if (body && !headers.has('content-type')) body = await sniff(body, headers)
    return new Response(body, { status: statusOf(answer!), headers })
  }
}

/** An upstream that is a KrakenD itself sends the same headers: the gateway's own come first. */
function addBefore(headers: Headers, name: string, value: string): void {
  const theirs = headers.get(name)
  headers.set(name, theirs === null ? value : `${value}, ${theirs}`)
}

const statusOf = (answer: Answer): number => answer.status || 200
