/** `cuttle/testing`: a configuration as a running gateway, for tests of one's own. In miniflare, as Cloudflare would run it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { compile, type Compiled } from '../compiler/compile.ts'
import { type Finding, formatPath, RefusedError } from '../compiler/diagnostics.ts'
import { bundle } from '../compiler/emit/bundle.ts'
import { emitModule } from '../compiler/emit/module.ts'
import { readConfiguration } from '../compiler/load/read.ts'
import type { Source } from '../compiler/load/source.ts'
import { startWorker, type Worker } from '../compiler/miniflare.ts'
import { positionsOf } from '../compiler/terminal.ts'
import { features } from '../features/index.ts'
import { checkOptions } from './options.ts'
import { type Routes, type RunningUpstream, startUpstream, type Upstream } from './upstream.ts'

export type { Answer, Routes, Seen, Upstream } from './upstream.ts'
export type { Finding } from '../compiler/diagnostics.ts'

export interface GatewayOptions {
  /** A configuration, or the path of its file. Each `http://upstream-NAME` in it becomes that upstream's address. */
  config: object | string
  /** Upstreams by name. */
  upstreams?: { readonly [name: string]: Routes }
  /** The gateway's environment: secrets, and the addresses of `service://NAME` hosts. `http://upstream-NAME` works here too. */
  env?: { readonly [name: string]: string }
  /** Further files beside a configuration that is given as an object: path → text. */
  files?: { readonly [path: string]: string }
}

export interface Gateway extends AsyncDisposable {
  url: string
  /** Asks the gateway, by a path or as if it stood at an address. Redirects are answers, unless `init.redirect` says to follow them. */
  fetch(pathOrUrl: string | URL, init?: RequestInit): Promise<Response>
  upstreams: { readonly [name: string]: Upstream }
  /** Warnings about the configuration. */
  findings: readonly Finding[]
  /** What the gateway has logged so far. */
  logs: readonly { level: string; message: string }[]
  stop(): Promise<void>
}

/** The configuration can't be used: the message lists what is wrong, and where. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
  readonly findings: readonly Finding[]
  constructor(message: string, findings: readonly Finding[]) {
    super(message)
    this.findings = findings
  }
}

/** Compiles a configuration and serves it beside its upstreams. Rejects with a ConfigurationError where it is refused. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  checkOptions(options)
  const { config, upstreams: declared = {}, env = {}, files = {} } = options
  const upstreams = await startUpstreams(declared)
  const stopUpstreams = async (): Promise<void> => void (await Promise.all(Object.values(upstreams).map((upstream) => upstream.stop())))
  try {
    const { plan, secrets, findings } = await compileFrom(config, files, (text) => fillAddresses(text, upstreams))
    const logs: { level: string; message: string }[] = []
    const { code } = await bundle(emitModule(plan, 'cloudflare'))
    const bound = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fillAddresses(value, upstreams)]))
    const worker = await startWorker({ code, env: { ...secrets, ...bound }, limits: plan.bindings.limits, queues: plan.bindings.queues, handlesSignals: false, onLog: (level, message) => logs.push({ level, message }) })
    let stopped: Promise<void> | undefined
    const stop = (): Promise<void> => (stopped ??= worker.stop().then(stopUpstreams))
    return { url: worker.url.origin, fetch: createFetch(worker), upstreams, findings, logs, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stopUpstreams()
    throw error
  }
}

async function startUpstreams(declared: { readonly [name: string]: Routes }): Promise<{ [name: string]: RunningUpstream }> {
  return Object.fromEntries(await Promise.all(Object.entries(declared).map(async ([name, routes]) => [name, await startUpstream(routes)] as const)))
}

function fillAddresses(text: string, upstreams: { readonly [name: string]: Upstream }): string {
  return text.replace(/http:\/\/upstream-([\w-]+)/g, (host, name: string) => {
    const upstream = upstreams[name]
    if (upstream) return upstream.url
    throw new Error(`${host}: upstreams has ${Object.keys(upstreams).length ? `no ${name}, but ${Object.keys(upstreams).join(', ')}` : 'none'}`)
  })
}

async function compileFrom(config: object | string, files: { readonly [path: string]: string }, fill: (text: string) => string): Promise<Compiled> {
  const folder = typeof config === 'string' ? null : writeConfiguration(config, files)
  const file = typeof config === 'string' ? config : path.join(folder!, 'gateway.json')
  let source: Source | undefined
  try {
    source = await readConfiguration(file)
    return compile({ ...source, value: mapTexts(source.value, fill) }, features)
  } catch (error) {
    throw error instanceof RefusedError ? refusalOf(error, source, typeof config === 'string' ? config : null) : error
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true })
  }
}

function writeConfiguration(config: object, files: { readonly [path: string]: string }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-testing-'))
  for (const [name, text] of Object.entries({ ...files, 'gateway.json': JSON.stringify(config, null, 2) })) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return folder
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, map)]))
}

/** Lines and columns are told for a file; an object's findings have their paths. */
function refusalOf(error: RefusedError, source: Source | undefined, file: string | null): ConfigurationError {
  const positions = positionsOf(error)
  const lines = error.findings.map(({ severity, path: at, message, suggestion }, i) => {
    const position = positions?.[i] ?? source?.locate(at)
    const where = file === null || !position ? '' : `${position.file ?? file}:${position.line}:${position.column}: `
    return `  ${where}${severity}: ${at.length ? `${formatPath(at)}: ` : ''}${message}${suggestion ? ` (did you mean ${suggestion}?)` : ''}`
  })
  return new ConfigurationError(`the configuration is refused:\n${lines.join('\n')}`, error.findings)
}

const createFetch =
  ({ url, standsAt }: Worker): Gateway['fetch'] =>
  async (pathOrUrl, init) => {
    const text = String(pathOrUrl)
    const options: RequestInit = { redirect: 'manual', ...init }
    if (text.startsWith('/')) return fetch(`${url.origin}${text}`, options)
    if (!URL.canParse(text)) throw new TypeError(`expected a path such as "/users" or an address, found ${JSON.stringify(pathOrUrl)}`)
    const address = new URL(text)
    if (address.origin === url.origin) return fetch(address, options)
    const headers = new Headers(init?.headers)
    for (const [name, value] of Object.entries(standsAt(address))) headers.set(name, value)
    return fetch(`${url.origin}${address.pathname}${address.search}`, { ...options, headers })
  }
