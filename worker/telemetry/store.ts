/** An isolate's telemetry: one store for all stages of a gateway, which share nothing else. */
import type { LogLevel, Platform } from '../types.ts'
import { DROPPED } from './instruments.ts'
import { LOG_RANKS } from './levels.ts'
import type { LogRecord } from './otlp.ts'
import { createRegistry, record, type Registry } from './registry.ts'
import type { SpanRecord } from './trace.ts'

export interface Telemetry {
  registry: Registry
  /** Tells this isolate from others. */
  instance: string
  spans: Stream<SpanRecord>
  logs: Stream<LogRecord>
  /** From now on what is logged goes to `logs` too, from this level on. */
  keepLogs(least: LogLevel): void
}

/** Records on their way to sinks. Each reader has its own backlog; without readers nothing is kept. */
export interface Stream<T> {
  add(item: T): void
  /** Sends what waits, and no more than so many. What the sink does not take is dropped and counted: a sink that is down must not fill the memory. */
  reader(): (send: (items: readonly T[]) => Promise<void>, most?: number) => Promise<void>
}

const MAX_WAITING = 2048
/** Clients choose how long their paths are, and with them lines of the access log. */
const MAX_LINE = 2048

function createStream<T>(registry: Registry, kind: string): Stream<T> {
  const backlogs: T[][] = []
  const drop = (count: number): void => {
    const series = registry.series(DROPPED, [['kind', kind]])
    for (let i = 0; i < count; i++) record(series, 1)
  }
  return {
    add(item) {
      for (const backlog of backlogs) {
        if (backlog.length < MAX_WAITING) backlog.push(item)
        else drop(1)
      }
    },
    reader() {
      const backlog: T[] = []
      backlogs.push(backlog)
      return async (send, most = MAX_WAITING) => {
        const items = backlog.splice(0, most)
        if (!items.length) return
        try {
          await send(items)
        } catch (error) {
          drop(items.length)
          throw error
        }
      }
    },
  }
}

const stores = new WeakMap<Platform, Telemetry>()

export function telemetryOf(platform: Platform): Telemetry {
  let telemetry = stores.get(platform)
  if (!telemetry) stores.set(platform, (telemetry = createTelemetry(platform)))
  return telemetry
}

function createTelemetry(platform: Platform): Telemetry {
  const registry = createRegistry(platform.now())
  const logs = createStream<LogRecord>(registry, 'log')
  let kept = false
  return {
    registry,
    instance: crypto.randomUUID(),
    spans: createStream(registry, 'span'),
    logs,
    keepLogs(least) {
      if (kept) return
      kept = true
      const { log } = platform
      platform.log = (level, message) => {
        log(level, message)
        if (LOG_RANKS[level] >= LOG_RANKS[least]) logs.add({ timeMs: platform.now(), level, message: shorten(message) })
      }
    },
  }
}

/** A copy: a part of a text keeps the whole in memory. */
const shorten = (message: string): string => (message.length <= MAX_LINE ? message : `${structuredClone(message.slice(0, MAX_LINE))}…`)
