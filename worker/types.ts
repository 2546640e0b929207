/** Run-time contracts. Every half of the project may import this file: they are read together, so they stand together, however many. */
import type { Deadline, StartDeadline } from './deadline.ts'
import type { Lookup } from './router.ts'
import type { Slots } from './slots.ts'
import type { TraceContext } from './telemetry/trace.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { [key: string]: unknown }

/**
 * The pipeline's layers, outermost first. A stage is given its own layer's pair and nothing else.
 * service stands around everything; route around what the router found or missed, but not around the health endpoint and
 * redirects; then endpoint ⊃ proxy ⊃ backend ⊃ client. compiler/order.ts lists the stages of each with reasons.
 */
export interface Layers {
  service: [Incoming, Response]
  route: [Incoming, Response]
  endpoint: [Incoming, Response]
  proxy: [GatewayRequest, Outcome]
  backend: [GatewayRequest, Outcome]
  client: [UpstreamRequest, Response]
}
export type Layer = keyof Layers
export type Handler<L extends Layer> = (input: Layers[L][0], ctx: ContextOf<L>) => Promise<Layers[L][1]>
/** What the handlers of service, route and endpoint have in common. */
export type Serve = (incoming: Incoming, ctx: Outside) => Promise<Response>
export type Stage<L extends Layer> = (next: Handler<L>) => Handler<L>
/** Made once per place it is used, on that endpoint's first request: work on options belongs here, not in the stage. */
export type CreateStage<L extends Layer, O> = (options: O, made: Made) => Stage<L>

/** Terminals replace a layer's innermost handler; each is given the handlers of the layer within. */
export type CreateRespond<O> = (options: O, made: Made, proxy: Handler<'proxy'>) => Handler<'endpoint'>
export type CreateMerge<O> = (options: O, made: Made, backends: readonly Handler<'backend'>[]) => Handler<'proxy'>
export type CreateTransport<O> = (options: O, made: Made, client: Handler<'client'>, decode: Decode) => Handler<'backend'>
export type CreateClient<O> = (options: O, made: Made) => Handler<'client'>
export type CreateDecode<O> = (options: O, made: Made) => Decode
/** Answers on a port of its own, beside the gateway's: what nodes that run by themselves tell of themselves. */
export type CreateListen<O> = (options: O, made: Made) => (request: Request) => Response | Promise<Response>
export type CreateRender<O> = (options: O, made: Made) => Render

/** Work to do before requests need it. Where a platform has no time before its first request, it is done beside that one. */
export type CreateStart<O> = (options: O, made: Made) => (ctx: Outside) => Promise<void>

/** Makes what finds endpoints whose path ends in a star, and the endpoint of everything else, whose method and path are stars. */
export type CreateWildcards = () => Wildcards
export interface Wildcards {
  insert(method: string, path: string, endpoint: number): void
  /** What is below a wildcard, where nothing else was found. */
  orBelow(exact: Lookup, method: string, path: string): Lookup
  /** What takes everything else, before it is missed. */
  orRest(missed: Handler<'route'>, enter: Enter): Handler<'route'>
  /** With the methods that wildcards have for the path. */
  allowed(methods: string[], path: string): string[]
}
/** Goes to the endpoint that was found. */
export type Enter = (found: Lookup, incoming: Incoming, ctx: Outside) => Promise<Response>

/** Makes a count of what passes, under each key: how far it is shared is what its modules differ in (worker/limit/). */
export type CreateLimit<O> = (options: O, made: Made) => Limit
/** Counts one more; false: that is too many. */
export type Limit = (key: string) => boolean | Promise<boolean>

/** Reads an upstream answer whose status was found good. Rejects with a Failure. */
export type Decode = (response: Response, ctx: Context) => Promise<Answer>
/** Writes the client's answer. `null`: there was none, and no error either. */
export type Render = (answer: Answer | null, incoming: Incoming) => Response | Promise<Response>

/** Writes the client's answer of a whole outcome, errors among it. */
export type CreateAnswer<O> = (options: O, made: Made) => (outcome: Outcome, incoming: Incoming) => Response | Promise<Response>

/** What an answer of errors alone says: nothing, unless the service wants it. */
export type CreateErrorText = (options: never) => (errors: readonly Failure[]) => { text: string; type: string | null }

/** What is known where a stage is made. */
export interface Made {
  platform: Platform
  site: Site
  /** Builds a pipeline inside this one: shadow traffic, workflows. */
  pipeline(plan: ProxyPlan): Handler<'proxy'>
  /** Builds the writer that a plan names. */
  render(use: Use): Render
  errorText(use: Use): ReturnType<CreateErrorText>
  answer(use: Use): ReturnType<CreateAnswer<never>>
  limit(use: Use): Limit
  /** What the compiler emitted under a name, or a module of the user's: the asker knows its type. */
  code(name: string): unknown
}
/** Where in the configuration a stage stands: for logs and for names of bindings. */
export interface Site {
  service: ServiceOptions
  method: string
  path: string
  backend?: number
}

/** A request as the client sent it. Claims and scripts may change headers and parameters. */
export interface Incoming {
  raw: Request
  method: string
  /** Decoded, as it is matched: bytes that are no UTF-8 stand as U+DC80…U+DCFF (url.ts). */
  path: string
  /** The query as sent, without its question mark. */
  search: string
  params: Params
  headers: Headers
  /** The endpoint's path as gin spells it; empty where none was found. */
  route: string
  /** KrakenD's client IP: the peer, or what a trusted proxy says (routing/RULES.md §6). */
  clientIp(): string
}
/** Path parameters by KrakenD's names: first letter in upper case, `{id}` is `Id`. */
export type Params = Map<string, string>
/** Lower-case names; several values of a name are joined as the platform's fetch joins them. */
export type HeaderMap = Map<string, string>
export type Query = Map<string, string[]>

/** The request behind the endpoint's filters; at the backend layer, that backend's own. */
export interface GatewayRequest {
  incoming: Incoming
  method: string
  params: Params
  headers: HeaderMap
  query: Query
  body: RequestBody
  /** What discovery found, or the one that a stage has chosen; null: the backend's own hosts. */
  hosts: readonly string[] | null
  /** The filled url_pattern, the address made of it, and who is asked: set by backend/prepare.ts. */
  path: string
  url: string
  fetch: Fetch
}
export type RequestBody = ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null

export interface UpstreamRequest {
  method: string
  url: string
  headers: HeaderMap
  body: RequestBody
  /** Length of a streamed body in bytes, if it is known. */
  length: number | null
  fetch: Fetch
}
/** The platform's fetch or a binding's. */
export type Fetch = (url: string, init: CallInit) => Promise<Response>
export interface CallInit extends RequestInit {
  method: string
  headers: Record<string, string>
  body: RequestBody
  /** Length of a streamed body in bytes, if it is known. */
  length: number | null
  signal: AbortSignal | null
  /** The caller reads the answer whole, up to so many bytes: a platform may do so at once. null: it goes on as a stream. */
  buffer: number | null
  /** Gzip is undone also where the body goes on as a stream. */
  gzip: boolean
  /** The body may stay unread: its connection is then closed, as Go's is. */
  lazy?: boolean
  /** The same object for all calls of a backend: a platform may remember by it what the answers are like. */
  backend?: object
}

/** KrakenD tells no answer, `null`, `{}` and an answer beside an error apart: so do we. Partial results are values. */
export interface Outcome {
  answer: Answer | null
  errors: readonly Failure[]
}
export interface Answer {
  /** 0 unless the answer has a status of its own: no-op, error details. */
  status: number
  headers: Headers | null
  complete: boolean
  body: Body
}
/** Bodies go one way, raw → json → data (json/data.ts). */
export type Body = RawBody | JsonBody | DataBody
/** no-op: read once, never in JavaScript. */
export interface RawBody {
  kind: 'raw'
  response: Response
  /** What a script has added: it is not sent, but headers are sent twice then. */
  data?: JsonObject
}
/** A validated object, still bytes: the first piece begins with its brace, the last ends with its brace. */
export interface JsonBody {
  kind: 'json'
  pieces: readonly Uint8Array<ArrayBuffer>[]
  members: number
  /** The members' names, where the compiler asked for them: a merge needs them, others don't. */
  keys: readonly string[] | null
}
/** Own keys only are data; numbers whose text a double would change stand as JSON.rawJSON. */
export interface DataBody {
  kind: 'data'
  value: JsonObject | null
  /** Of a script's answer: what a no-op endpoint sends instead. */
  raw?: Response
}

/** The closed set of what can go wrong behind the endpoint; errors.ts gives the wire form. */
export interface Failure {
  kind: 'timeout' | 'network' | 'no-hosts' | 'url' | 'status' | 'upstream-error' | 'decode' | 'too-large' | 'refused' | 'panic'
  message: string
  /** What the upstream answered, where that is what went wrong. */
  upstreamStatus?: number
  /** The client's status where it isn't 500, and the body and type that return_error_msg shows. */
  status?: number
  type?: string
  /** A body of the configuration's own, which is shown whether return_error_msg is set or not. */
  body?: string
  /** Undecodable text, from which KrakenD's words are made if anyone asks, and whether it should have been a list. */
  source?: Uint8Array
  list?: boolean
}

/** What stages around the endpoint are told of a request's surroundings. */
export interface Outside {
  env: unknown
  /** Where the request stands in a trace; null: nobody traces. */
  trace: TraceContext | null
  /** Keeps work alive that outlives the answer. */
  waitUntil(work: Promise<unknown>): void
}
/** Stages behind the endpoint have a deadline too. */
export interface Context extends Outside {
  deadline: Deadline
  /** Calls take turns: null where there are no more than may go at once. */
  slots: Slots | null
}
export type ContextOf<L extends Layer> = L extends 'service' | 'route' | 'endpoint' ? Outside : Context

export type LogLevel = 'error' | 'warning' | 'info'
export type Log = (level: LogLevel, message: string) => void
/** Stands before the platform's own log. */
export type CreateLog<O> = (options: O, platform: Platform) => (write: Log) => Log

/** The only door to the outside, so that a test can hand in its own. */
export interface Platform {
  name: string
  fetch: Fetch
  startDeadline: StartDeadline
  /** How many calls may wait for headers at once. */
  connections: number
  /** Asks DNS; rejects where there is no answer. null: only DNS over HTTPS can be asked. */
  resolveSrv: ((name: string) => Promise<readonly SrvRecord[]>) | null
  /** Any text as this platform's Headers take it, so that UTF-8 goes out. */
  toField(text: string): string
  /** An answer of the gateway's own making, with headers that no client and no script has written. Bytes belong to it from now on. */
  respond(body: BodyInit | null, init: ResponseInit): Response
  /** The same answer with headers that can be changed. Bodies are not read. */
  own(response: Response): Response
  /** Milliseconds since 1970. Stands still between I/O on Workers. */
  now(): number
  /** When the gateway began, as near as the platform lets us know: on Workers, at the isolate's first request. */
  startedAt: number
  /** A cache that the isolates of a location share. null: there is none, or none that is better than memory. */
  openCache: (() => Promise<Cache>) | null
  /** A binding or a text of the environment: secrets, addresses of service:// hosts, service bindings. */
  binding(name: string): unknown
  /** The peer's address, without port. */
  peer(request: Request, env: unknown): string
  /** Tells when a request's answer is out, or its client is gone. null: nothing outlives a request by itself. */
  whenSent: ((env: unknown, tell: () => void) => void) | null
  /** True where the platform itself names the client, so that no forwarded header is needed or believed. */
  namesClient: boolean
  log: Log
  /** Work that is done before the process ends in peace, where the platform tells that it will. */
  atStop(work: () => Promise<unknown>): void
}

export interface SrvRecord {
  priority: number
  weight: number
  port: number
  target: string
}

// ---- The plan's run-time half: plain JSON, total. compiler/plan.ts adds what only the build reads.

/** One use of a module: its name (a key of Uses) and its options. */
export type Use = readonly [name: string, options: Json]
export interface ServiceOptions {
  /** X-Krakend's value, or null for none. */
  version: string
  /** User-Agent to upstreams and X-Forwarded-Via. */
  product: string
  /** Names what was built: nodes of one artifact have the same. */
  build: string
  router: RouterOptions
}
export interface RouterOptions {
  trailingSlash: boolean
  fixedPath: boolean
  methodNotAllowed: boolean
  removeExtraSlash: boolean
  checkParams: boolean
  notFound: string | null
  notAllowed: string | null
}
/** The client's address, by a request's headers and the peer. */
export type ClientIp = (headers: Headers, peer: () => string) => string

export interface ClientIpOptions {
  /** Lower-case names, asked in order; empty: the peer alone counts. */
  headers: readonly string[]
  /** CIDR blocks with their length, `10.0.0.0/8`; null: every proxy is trusted. */
  trusted: readonly string[] | null
  /** A header that counts before all others, whatever it says and whoever sent it. */
  unchecked?: string
}
export interface EndpointPlan {
  /** Outside of the route layer: the health endpoint. */
  outside: boolean
  stages: readonly Use[]
  respond: Use
  /** null: `respond` answers by itself. */
  proxy: ProxyPlan | null
}
/** What is done with each message of a queue. */
export interface AgentPlan {
  name: string
  queue: string
  /** Messages a second; 0: as they come. */
  maxRate: number
  /** A message that failed does not come again. */
  discard: boolean
  handler: EndpointPlan
}
export interface ProxyPlan {
  stages: readonly Use[]
  merge: Use
  backends: readonly BackendPlan[]
}
export interface BackendPlan {
  stages: readonly Use[]
  transport: Use
  decode: Use
  client: readonly Use[]
  call: Use
}
/** [method, gin path, kind, …values that fill the kind's holes] */
export type Row = readonly [method: string, path: string, kind: number, ...values: Json[]]
export interface Program {
  service: ServiceOptions
  /** How the client's address is read; null: the peer's. */
  clientIp: Use | null
  /** Stages of the service layer and of the route layer. */
  stages: readonly Use[]
  routed: readonly Use[]
  /** What finds endpoints that take all below a path; null: there are none. */
  wildcards: Use | null
  starts: readonly Use[]
  /** How lines are logged; null: as they are. */
  log: Use | null
  /** What answers on other ports. */
  listeners: readonly Use[]
  agents: readonly AgentPlan[]
  /** Shapes of EndpointPlan; {"$": n} stands for value n of a row. Equal shapes are written once (compiler/emit/rows.ts). */
  kinds: readonly Json[]
  rows: readonly Row[]
}

/** What a module may export; the generated module lists the ones that the plan names. */
export interface Module {
  wildcards?: CreateWildcards
  clientIp?: (options: never) => ClientIp
  service?: CreateStage<'service', never>
  route?: CreateStage<'route', never>
  endpoint?: CreateStage<'endpoint', never>
  proxy?: CreateStage<'proxy', never>
  backend?: CreateStage<'backend', never>
  client?: CreateStage<'client', never>
  respond?: CreateRespond<never>
  merge?: CreateMerge<never>
  transport?: CreateTransport<never>
  call?: CreateClient<never>
  decode?: CreateDecode<never>
  render?: CreateRender<never>
  limit?: CreateLimit<never>
  errorText?: CreateErrorText
  listen?: CreateListen<never>
  log?: CreateLog<never>
  answer?: CreateAnswer<never>
  start?: CreateStart<never>
  /** Emitted by a feature. */
  code?: unknown
}
export type Uses = { readonly [name: string]: Module }
