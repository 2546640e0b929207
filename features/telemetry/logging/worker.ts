/** telemetry/logging: which lines are written, and how (krakend-gologging); the access log. */
import { LOG_RANKS } from '../../../worker/telemetry/levels.ts'
import type { CreateLog, CreateStage, LogLevel } from '../../../worker/types.ts'

export interface LogOptions {
  /** The least that is written; null: nothing is. */
  level: LogLevel | null
  prefix: string
  format: 'default' | 'logstash' | 'json' | readonly Piece[]
}
/** A text of custom_format, or what stands there: `%{level}`. */
export type Piece = string | readonly [verb: 'time' | 'level' | 'message' | 'module']

export const log: CreateLog<LogOptions> = ({ level: least, prefix, format }, { now }) => {
  const rank = least === null ? Number.POSITIVE_INFINITY : LOG_RANKS[least]
  return (write) => (level, message) => {
    if (LOG_RANKS[level] >= rank) write(level, formatLine(format, prefix, level, message, new Date(now())))
  }
}

export function formatLine(format: LogOptions['format'], prefix: string, level: LogLevel, message: string, time: Date): string {
  const name = level.toUpperCase()
  if (format === 'default') return `${prefix} ${krakendTime(time)} ▶ ${name} ${below(message)}`
  if (format === 'logstash') return JSON.stringify({ '@timestamp': time.toISOString().replace('Z', '+00:00'), '@version': 1, level: name, message, module: 'KRAKEND' })
  if (format === 'json') return JSON.stringify({ time: time.toISOString(), level: name, message })
  const values = { time: krakendTime(time), level: name, message: below(message), module: 'KRAKEND' }
  return format.map((piece) => (typeof piece === 'string' ? piece : values[piece[0]])).join('')
}

/** Messages of scripts and schemas have what clients sent: none of it begins a line of the log, or moves a terminal's cursor. */
const below = (message: string): string => message.trimEnd().replace(/\n/g, '\n  ').replace(/[\x00-\x09\x0b-\x1f\x7f]/g, ' ')

/** `2006/01/02 - 15:04:05.000` */
const krakendTime = (time: Date): string => time.toISOString().replace(/-/g, '/').replace('T', ' - ').replace('Z', '')

/** The access log: the path without its query, which may hold secrets. Paths of `skip` are left out (gin's LoggerConfig.SkipPaths). */
export const service: CreateStage<'service', { skip: readonly string[] }> = ({ skip }, { platform }) => {
  return (next) => async (incoming, ctx) => {
    if (skip.includes(incoming.path)) return next(incoming, ctx)
    const start = platform.now()
    const response = await next(incoming, ctx)
    platform.log('info', `[ACCESS] | ${response.status} | ${platform.now() - start}ms | ${incoming.clientIp()} | ${incoming.method} ${JSON.stringify(incoming.path.toWellFormed())}`)
    return response
  }
}
