/** A token of the gateway's own for calls of a backend: OAuth 2.0 client credentials, as golang.org/x/oauth2 asks for them (security/RULES.md). */
import { readBody } from '../../../worker/backend/read.ts'
import { followRedirects } from '../../../worker/client/redirect.ts'
import type { Deadline } from '../../../worker/deadline.ts'
import { ofCall, TIMEOUT } from '../../../worker/errors.ts'
import type { Context, CreateStage, Made, Platform, Query, UpstreamRequest } from '../../../worker/types.ts'
import { encodeQuery } from '../../../worker/url.ts'
import { lenient } from '../../../worker/utf8.ts'

export interface Options {
  tokenUrl: string
  id: string
  /** The binding that has client_secret. */
  secret: string
  /** The form's fields; null: a parameter is there twice, and nothing is asked. */
  fields: readonly (readonly [name: string, values: readonly string[]])[] | null
}

interface Token {
  /** What Authorization says. */
  authorization: string
  /** From then on it is not used. */
  staleAt: number
}

/** A token is not used in its last seconds: it has to live until the upstream reads it. */
const EARLY_MS = 10_000
/** As much as Go reads of an answer. */
const MOST_BYTES = 1 << 20
/** A fetch that takes longer is not waited for by later requests, which ask anew. */
const PATIENCE_MS = 10_000

export const client: CreateStage<'client', Options> = (options, made) => {
  const token = createTokens(options, made)
  return (next) => async (request, ctx) => {
    let authorization: string
    try {
      authorization = await inTime(token(ctx), ctx.deadline)
    } catch (error) {
      throw ofCall(request.method, request.url, error)
    }
    return next({ ...request, headers: new Map(request.headers).set('authorization', authorization) }, ctx)
  }
}

/** A fetch goes on for others; whoever waits for it has no more time than its own. Deadlines without a signal are raced further out. */
function inTime<T>(work: Promise<T>, { signal }: Deadline): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const give = (): void => reject(new Error(TIMEOUT.message))
    if (signal.aborted) give()
    signal.addEventListener('abort', give, { once: true })
    work.then(resolve, reject)
  })
}

/**
 * Keeps a token until it is stale. Requests that come while one is fetched wait for that; waitUntil holds the fetch, since Workers drop what a
 * request began when it ends.
 */
function createTokens(options: Options, made: Made): (ctx: Context) => Promise<string> {
  const fetchToken = createFetchToken(options, made)
  const { now } = made.platform
  let token: Token | null = null
  let fetching: { since: number; done: Promise<Token> } | null = null
  return async (ctx) => {
    if (token && now() < token.staleAt) return token.authorization
    if (fetching && now() - fetching.since < PATIENCE_MS) return (await fetching.done).authorization
    const own = { since: now(), done: fetchToken() }
    fetching = own
    ctx.waitUntil(own.done.catch(() => undefined))
    try {
      token = await own.done
      return token.authorization
    } finally {
      if (fetching === own) fetching = null
    }
  }
}

/** Asks with the secret in the header, then with it in the form, and remembers which of the two was heard. */
function createFetchToken(options: Options, { platform }: Made): () => Promise<Token> {
  let heard: Way | null = null
  const ask = async (way: Way): Promise<Token> => {
    const request = requestOf(options, way, platform)
    const answer = await followRedirects(request, await send(request, platform), true, (next) => send(next, platform))
    return readToken(answer, platform.now())
  }
  return async () => {
    if (heard) return ask(heard)
    try {
      const token = await ask('header')
      heard = 'header'
      return token
    } catch {
      const token = await ask('form')
      heard = 'form'
      return token
    }
  }
}
type Way = 'header' | 'form'

function requestOf({ tokenUrl, id, secret: binding, fields }: Options, way: Way, { fetch, binding: find }: Platform): UpstreamRequest {
  const secret = find(binding)
  if (typeof secret !== 'string') throw new Error(`auth/client-credentials: nothing is bound to ${binding}`)
  if (!fields) throw new Error('oauth2: cannot overwrite parameter "scope"')
  const form: Query = new Map(fields.map(([name, values]) => [name, [...values]]))
  const headers = new Map([['content-type', 'application/x-www-form-urlencoded']])
  if (way === 'header') headers.set('authorization', `Basic ${btoa(`${escape(id)}:${escape(secret)}`)}`)
  else form.set('client_id', [id]).set('client_secret', [secret])
  return { method: 'POST', url: tokenUrl, headers, body: new TextEncoder().encode(encodeQuery(form)), length: null, fetch }
}

const escape = (text: string): string => encodeQuery(new Map([['', [text]]])).slice(1)

const send = ({ method, url, headers, body, length }: UpstreamRequest, { fetch }: Platform): Promise<Response> =>
  fetch(url, { method, headers: Object.fromEntries(headers), body, length, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS), buffer: MOST_BYTES, gzip: true }).catch((error: unknown) => {
    throw ofCall(method, url, error)
  })

/** What an answer may say; what it does not say is ''. */
const TEXTS = ['access_token', 'token_type', 'refresh_token', 'error', 'error_description', 'error_uri'] as const
type Texts = Record<(typeof TEXTS)[number], string>
type Answer = Texts & {
  /** Until it expires; 0: never. */
  seconds: number
}

async function readToken(response: Response, now: number): Promise<Token> {
  const text = lenient.decode(await readBody(response, MOST_BYTES))
  const media = (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  const answer = media === 'application/x-www-form-urlencoded' || media === 'text/plain' ? readForm(text) : readJson(text)
  if (!response.ok || answer?.error) throw new Error(describe(response, text, answer))
  if (!answer) throw new Error('oauth2: cannot parse json: unexpected answer')
  const { access_token: token, seconds } = answer
  if (!token) throw new Error('oauth2: server response missing access_token')
  return { authorization: `${typeOf(answer.token_type)} ${token}`, staleAt: seconds ? now + seconds * 1000 - EARLY_MS : Number.POSITIVE_INFINITY }
}

const answerOf = (textOf: (name: string) => string, seconds: number): Answer => ({ ...(Object.fromEntries(TEXTS.map((name) => [name, textOf(name)])) as Texts), seconds })

/** A time that is no number counts as none. */
function readForm(text: string): Answer {
  const fields = new URLSearchParams(text)
  const expires = fields.get('expires_in') ?? ''
  return answerOf((name) => fields.get(name) ?? '', /^[-+]?\d+$/.test(expires) ? Number(expires) : 0)
}

/** null: it can't be read. One wrong type is enough. */
function readJson(text: string): Answer | null {
  let members: { readonly [name: string]: unknown }
  try {
    members = Object(JSON.parse(text)) as typeof members
  } catch {
    return null
  }
  const seconds = secondsOf(members.expires_in ?? 0)
  if (Array.isArray(members) || seconds === null || TEXTS.some((name) => typeof (members[name] ?? '') !== 'string')) return null
  return answerOf((name) => (members[name] ?? '') as string, seconds)
}

/** A whole number, or one as a text. */
function secondsOf(value: unknown): number | null {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value))
  return isNumber && Number.isInteger(Number(value)) ? Number(value) : null
}

function describe({ status, statusText }: Response, text: string, answer: Answer | null): string {
  if (!answer?.error) return `oauth2: cannot fetch token: ${status} ${statusText}\nResponse: ${text}`
  return `oauth2: ${[answer.error, answer.error_description, answer.error_uri].filter(Boolean).map((said) => JSON.stringify(said)).join(' ')}`
}

const TYPES: { readonly [type: string]: string } = { bearer: 'Bearer', mac: 'MAC', basic: 'Basic', '': 'Bearer' }
const typeOf = (type: string): string => TYPES[type.toLowerCase()] ?? type
