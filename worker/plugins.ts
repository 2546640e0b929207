/**
 * `cuttle/plugins`: the types of plugins, and functions that give them to what you write (docs/plugins.md). A plugin is a module whose
 * default export makes it from its part of the configuration, once for each place where it is named.
 */
import type { Hono, MiddlewareHandler } from 'hono'
import type { JsonObject, LogLevel } from './types.ts'

/** What a plugin is given beside its configuration. */
export interface Tools {
  /** As the configuration names it. */
  name: string
  log(level: LogLevel, message: string): void
  /** A binding of the platform's or a text of the environment: secrets, addresses. undefined: there is none. */
  binding(name: string): unknown
}

/** `plugin/http-server`: Hono middleware around the whole gateway, or an app that answers paths of its own. */
export type ServerPlugin<Config> = (config: Config, tools: Tools) => MiddlewareHandler | Hono

/** `plugin/http-client`: stands before the call of a backend. `next` makes the call. */
export type ClientPlugin<Config> = (config: Config, tools: Tools) => (request: Request, next: CallNext) => Response | Promise<Response>
export type CallNext = (request: Request) => Promise<Response>

/** `plugin/req-resp-modifier`: looks at and changes requests on their way in, and answers on their way out. */
export type ModifierPlugin<Config> = (config: Config, tools: Tools) => Modifier
export interface Modifier {
  request?(request: PluginRequest): void | Promise<void>
  response?(response: PluginResponse, request: PluginRequest): void | Promise<void>
}

/** `plugin/middleware`: stands around an endpoint's pipeline, or a backend's. */
export type MiddlewarePlugin<Config> = (config: Config, tools: Tools) => (request: PluginRequest, next: PassNext) => PluginResponse | Promise<PluginResponse>
export type PassNext = (request: PluginRequest) => Promise<PluginResponse>

/** A request inside the gateway, behind input_headers and input_query_strings. All of it may be changed. */
export interface PluginRequest {
  method: string
  /** At an endpoint the path that was asked for; at a backend its url_pattern, filled. */
  readonly path: string
  /** At a backend: where it is called. Empty at an endpoint. */
  url: string
  /** By KrakenD's names: `{id}` is `Id`. */
  params: { [name: string]: string }
  headers: Headers
  /** At a backend these stand in its url already. */
  query: URLSearchParams
  /** null: there is none. GETs have none. */
  body: Uint8Array<ArrayBuffer> | string | null
  text(): string
  json(): unknown
}

/** An answer inside the gateway. */
export interface PluginResponse {
  /** What was decoded and merged; null where nothing was, and where the encoding is no-op. Numbers that a double can't hold are JSON.rawJSON. */
  data: JsonObject | null
  /** All backends gave what they were asked for. */
  complete: boolean
  /** Of no-op: status, headers and body as the upstream sent them. In other encodings headers are added to the client's answer. */
  status: number
  headers: Headers
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | string | null
}

/** Thrown by modifiers and middleware: the client's answer. Any other error is 500. */
export class PluginError extends Error {
  readonly status: number
  /** Shown to the client in any case; the message is for the log, and for return_error_msg. */
  readonly body: string | undefined
  readonly type: string
  constructor(status: number, message: string, { body, type = 'text/plain' }: { body?: string; type?: string } = {}) {
    super(message)
    this.name = 'PluginError'
    this.status = status
    this.body = body
    this.type = type
  }
}

export const defineServerPlugin = <Config = JsonObject>(plugin: ServerPlugin<Config>): ServerPlugin<Config> => plugin
export const defineClientPlugin = <Config = JsonObject>(plugin: ClientPlugin<Config>): ClientPlugin<Config> => plugin
export const defineModifier = <Config = JsonObject>(plugin: ModifierPlugin<Config>): ModifierPlugin<Config> => plugin
export const defineMiddleware = <Config = JsonObject>(plugin: MiddlewarePlugin<Config>): MiddlewarePlugin<Config> => plugin
