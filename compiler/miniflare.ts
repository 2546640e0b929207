/** A Worker in miniflare: Cloudflare's runtime on this machine. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { Miniflare } from 'miniflare'
import { LIMITS_CLASS } from './emit/needs.ts'
import type { Plan } from './plan.ts'
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from './emit/workerd.ts'

/** Texts, and bindings to Workers that a `wrangler dev` of theirs serves beside. */
export type WorkerEnv = { readonly [name: string]: string | { worker: string; entrypoint: string | undefined } }

export interface WorkerOptions {
  /** One module without imports. */
  code: string
  env: WorkerEnv
  limits: Plan['bindings']['limits']
  queues: Plan['bindings']['queues']
  /** The caller ends the process on signals; else miniflare does. */
  handlesSignals: boolean
  onLog(level: string, message: string): void
}

export interface Worker {
  /** On a free port of 127.0.0.1. */
  url: URL
  /** Headers with which a request counts as one to another address: its scheme and its Host. */
  standsAt(address: URL): { [name: string]: string }
  /** Ends at once: open requests are cut. */
  stop(): Promise<void>
}

/** Resolves once it answers, rejects if its module fails. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const secret = randomUUID()
  const miniflare = options.handlesSignals ? withoutListeners(['SIGINT', 'SIGTERM', 'SIGHUP'], () => createMiniflare(options, secret)) : createMiniflare(options, secret)
  try {
    return { url: await miniflare.ready, standsAt: (address) => ({ 'MF-Original-URL': address.href, 'MF-Proxy-Shared-Secret': secret }), stop: () => miniflare.dispose() }
  } catch (error) {
    await miniflare.dispose().catch(() => undefined)
    throw error
  }
}

function createMiniflare({ code, env, limits, queues, onLog }: WorkerOptions, secret: string): Miniflare {
  const bindings = Object.entries(env).map(([name, value]) => [name, toBinding(value)] as const)
  return new Miniflare({
    host: '127.0.0.1',
    port: 0,
    // Asked of the network otherwise.
    cf: false,
    logRequests: false,
    unsafeProxySharedSecret: secret,
    enableDevRegistry: bindings.some(([, { type }]) => type === 'worker'),
    unsafeDevRegistryPath: registryPath(),
    handleStructuredLogs: ({ level, message }) => onLog(level, message),
    workers: [
      {
        config: {
          name: 'gateway',
          compatibilityDate: COMPATIBILITY_DATE,
          compatibilityFlags: [...COMPATIBILITY_FLAGS],
          manifest: { mainModule: 'worker.js', modulesRoot: '/', modules: { 'worker.js': { type: 'esm', contents: code } } },
          env: { ...Object.fromEntries(bindings), ...limitBindings(limits), ...queueBindings(queues) },
          triggers: queues.consumers.map(({ queue, batch }) => ({ type: 'queue' as const, name: queue, maxBatchSize: batch })),
          ...(limits.objects && { exports: { [LIMITS_CLASS]: { type: 'durable-object', storage: 'sqlite' } } }),
        },
      },
    ],
  })
}

const limitBindings = ({ objects, rates }: WorkerOptions['limits']) =>
  Object.fromEntries([
    ...(objects ? [[objects, { type: 'durable-object' as const, worker: 'gateway', exportName: LIMITS_CLASS }] as const] : []),
    ...rates.map(({ name, limit, periodSeconds }) => [name, { type: 'rate-limit' as const, namespace: name, simple: { limit, period: periodSeconds as 10 | 60 } }] as const),
  ])

const queueBindings = ({ producers }: WorkerOptions['queues']) => Object.fromEntries(producers.map(({ name, queue }) => [name, { type: 'queue' as const, name: queue }] as const))

/** Where `wrangler dev` tells which Workers it serves; miniflare's own default is another folder. */
function registryPath(): string {
  const config = process.env.XDG_CONFIG_HOME ?? path.join(homedir(), process.platform === 'darwin' ? 'Library/Preferences' : '.config')
  const old = path.join(homedir(), '.wrangler')
  const folder = existsSync(old) ? old : path.join(config, '.wrangler')
  return process.env.WRANGLER_REGISTRY_PATH ?? path.join(folder, 'registry')
}

const toBinding = (value: WorkerEnv[string]) =>
  typeof value === 'string' ? { type: 'text' as const, value } : { type: 'worker' as const, worker: value.worker, ...(value.entrypoint && { exportName: value.entrypoint }) }

/** Takes off the listeners that `create` adds to the process. */
function withoutListeners<T>(signals: readonly NodeJS.Signals[], create: () => T): T {
  const before = signals.map((signal) => process.listeners(signal))
  const created = create()
  for (const [i, signal] of signals.entries()) {
    for (const listener of process.listeners(signal)) if (!before[i]!.includes(listener)) process.off(signal, listener)
  }
  return created
}
