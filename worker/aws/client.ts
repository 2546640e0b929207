/**
 * Calls of AWS's HTTP APIs: signed (Signature Version 4), and tried again as AWS's SDK for Go does, which KrakenD uses
 * (transform/RULES.md §4). Region and credentials stand in the environment.
 */
import { AwsV4Signer } from 'aws4fetch'
import { discard } from '../backend/read.ts'
import type { Context, Failure, Platform } from '../types.ts'

export interface AwsOptions {
  /** As signatures name it. */
  service: string
  /** null: the environment's AWS_REGION. */
  region: string | null
  /** Where it is called; null: the service's own address in the region. */
  endpoint: string | null
}
export interface AwsRequest {
  /** Behind the endpoint: a path, encoded. */
  path: string
  headers: { readonly [name: string]: string }
  body: Uint8Array<ArrayBuffer>
}
export type CallAws = (request: AwsRequest, ctx: Context) => Promise<Response>

/** The first try and three more. */
const TRIES = 4
const MIN_DELAY_MS = 30
const MIN_THROTTLE_MS = 500
/** Answers of AWS's are no larger: 6 MB of a function's, and a little more around them. */
const MAX_BYTES = 8 * 1024 * 1024

export function createAws(options: AwsOptions, platform: Platform): CallAws {
  const sign = createSigner(options, platform)
  return async (request, ctx) => {
    for (let tried = 1; ; tried++) {
      const { url, headers } = await sign(request)
      const last = tried === TRIES
      const delay = (least: number): Promise<void> => sleep((least + Math.random() * least) * 2 ** (tried - 1))
      try {
        const response = await platform.fetch(url, { method: 'POST', headers, body: request.body, length: null, redirect: 'manual', signal: ctx.deadline.signal, buffer: MAX_BYTES, gzip: true })
        const throttled = response.status === 429
        if (last || (!throttled && (response.status < 500 || response.status === 501))) return response
        discard(response)
        await delay(throttled ? MIN_THROTTLE_MS : MIN_DELAY_MS)
      } catch (error) {
        if (last || ctx.deadline.over()) throw error
        await delay(MIN_DELAY_MS)
      }
      if (ctx.deadline.over()) throw { kind: 'timeout', message: 'RequestCanceled: request context canceled' } satisfies Failure
    }
  }
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

type Sign = (request: AwsRequest) => Promise<{ url: string; headers: { [name: string]: string } }>

function createSigner({ service, region: own, endpoint }: AwsOptions, platform: Platform): Sign {
  const text = (name: string): string => {
    const value = platform.binding(name)
    return typeof value === 'string' ? value : ''
  }
  // Keys derived for a day; the signer adds one a day.
  let keys = new Map<string, ArrayBuffer>()
  return async ({ path, headers, body }) => {
    const region = own ?? text('AWS_REGION')
    const [accessKeyId, secretAccessKey, sessionToken] = [text('AWS_ACCESS_KEY_ID'), text('AWS_SECRET_ACCESS_KEY'), text('AWS_SESSION_TOKEN')]
    if (!region) throw failed('MissingRegion: could not find region configuration (AWS_REGION)')
    if (!accessKeyId || !secretAccessKey) throw failed('NoCredentialProviders: no valid providers in chain (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)')
    if (keys.size > 2) keys = new Map()
    const url = `${endpoint ?? `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`}${path}`
    const signer = new AwsV4Signer({ method: 'POST', url, headers, body, service, region, accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }), cache: keys })
    const signed = await signer.sign()
    return { url: signed.url.href, headers: Object.fromEntries(signed.headers as Iterable<[string, string]>) }
  }
}

const failed = (message: string): Failure => ({ kind: 'refused', message })

/** What an error status says, in the SDK's words. */
export async function awsFailure(response: Response): Promise<Failure> {
  const { status, headers } = response
  const body = await response.text()
  const { message, code } = wordsOf(body)
  const name = (headers.get('x-amzn-errortype') ?? code).replace(/:.*$/, '').replace(/^.*#/, '') || 'UnknownError'
  return { kind: 'status', message: `${name}: ${message}\n\tstatus code: ${status}, request id: ${headers.get('x-amzn-requestid') ?? ''}` }
}

/** Errors are JSON, or the XML of the older APIs. */
function wordsOf(body: string): { message: string; code: string } {
  const inTag = (name: string): string => new RegExp(`<${name}>([^<]{0,1000})</${name}>`).exec(body)?.[1] ?? ''
  try {
    const data = JSON.parse(body) as { [name: string]: unknown } | null
    const textOf = (name: string): string => (typeof data?.[name] === 'string' ? data[name] : '')
    return { message: textOf('message') || textOf('Message'), code: textOf('__type') }
  } catch {
    return { message: inTag('Message'), code: inTag('Code') }
  }
}
