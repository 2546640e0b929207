/** Google Pub/Sub by its HTTP API. A service account signs for itself, so no token is fetched. */
import { importPkcs8 } from './pkcs8.ts'
import { readBody } from '../backend/read.ts'
import { sign } from '../token/sign.ts'
import type { Context, Failure, Made, Platform } from '../types.ts'
import { fromBase64, toBase64 } from './base64.ts'
import type { CreateSend, CreateTake } from './message.ts'

export interface GoogleOptions {
  /** `projects/P/topics/T`, `projects/P/subscriptions/S`. */
  resource: string
}

/** A service account's key file, as text. */
const CREDENTIALS = 'GOOGLE_APPLICATION_CREDENTIALS_JSON'
const EMULATOR = 'PUBSUB_EMULATOR_HOST'
const API = 'https://pubsub.googleapis.com'
const TOKEN_SECONDS = 3600
const EARLY_SECONDS = 60
/** A message has at most 10 MB; base64 makes it longer. */
const MAX_BYTES = 16 * 1024 * 1024

export const send: CreateSend<GoogleOptions> = ({ resource }, made) => {
  const call = createCall(made)
  return async ({ body, metadata }, ctx) => {
    await call(`${resource}:publish`, { messages: [{ data: toBase64(body), attributes: Object.fromEntries(metadata) }] }, ctx)
  }
}

interface Pulled {
  receivedMessages?: readonly { ackId: string; message: { data?: string } }[]
}

export const take: CreateTake<GoogleOptions> = ({ resource }, made) => {
  const call = createCall(made)
  return async (ctx) => {
    while (!ctx.deadline.over()) {
      const { receivedMessages = [] } = (await call(`${resource}:pull`, { maxMessages: 1 }, ctx)) as Pulled
      const [received] = receivedMessages
      if (!received) continue
      return {
        body: fromBase64(received.message.data ?? '') ?? new Uint8Array(),
        acknowledge: async () => void (await call(`${resource}:acknowledge`, { ackIds: [received.ackId] }, ctx)),
      }
    }
    throw { kind: 'timeout', message: 'context deadline exceeded' } satisfies Failure
  }
}

const encoder = new TextEncoder()

function createCall({ platform }: Made): (method: string, data: object, ctx: Context) => Promise<unknown> {
  const tokenOf = createTokens(platform)
  return async (method, data, ctx) => {
    const emulator = platform.binding(EMULATOR)
    const base = typeof emulator === 'string' && emulator ? (/^https?:\/\//.test(emulator) ? emulator : `http://${emulator}`) : API
    const headers: { [name: string]: string } = { 'content-type': 'application/json', ...(base === API && { authorization: `Bearer ${await tokenOf()}` }) }
    const body = encoder.encode(JSON.stringify(data))
    const response = await platform.fetch(`${base}/v1/${method}`, { method: 'POST', headers, body, length: null, redirect: 'manual', signal: ctx.deadline.signal, buffer: MAX_BYTES, gzip: true })
    const text = new TextDecoder().decode(await readBody(response, MAX_BYTES))
    if (response.status !== 200) throw { kind: 'status', message: `Google Pub/Sub: status ${response.status}: ${text.slice(0, 500)}` } satisfies Failure
    return JSON.parse(text || '{}') as unknown
  }
}

interface Account {
  client_email: string
  private_key: string
  private_key_id: string
}

function createTokens(platform: Platform): () => Promise<string> {
  let kept: { token: string; until: number } | null = null
  return async () => {
    const now = Math.floor(platform.now() / 1000)
    if (kept && kept.until > now) return kept.token
    const { client_email: email, private_key: pem, private_key_id: kid } = readAccount(platform.binding(CREDENTIALS))
    const key = await importPkcs8(pem)
    const token = await sign({ iss: email, sub: email, aud: `${API}/`, iat: now, exp: now + TOKEN_SECONDS }, { alg: 'RS256', kid, typ: 'JWT' }, key, false)
    kept = { token, until: now + TOKEN_SECONDS - EARLY_SECONDS }
    return token
  }
}

function readAccount(text: unknown): Account {
  try {
    const account = JSON.parse(String(text)) as Partial<Account> | null
    if (account?.client_email && account.private_key && account.private_key_id) return account as Account
  } catch {
    // Said below, without the text.
  }
  throw { kind: 'refused', message: `${CREDENTIALS} is not the key file of a service account` } satisfies Failure
}
