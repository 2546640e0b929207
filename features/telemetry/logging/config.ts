import { z } from 'zod'
import { nearest, suggested } from '../../../compiler/diagnostics.ts'
import { defineFeature } from '../../../compiler/feature.ts'
import { LEVELS } from '../levels.ts'
import type * as worker from './worker.ts'

const schema = z.object({
  level: z.string().optional(),
  prefix: z.string().optional(),
  stdout: z.boolean().optional(),
  syslog: z.boolean().optional(),
  syslog_facility: z.string().optional(),
  format: z.string().optional(),
  custom_format: z.string().optional(),
})

const FORMATS = ['default', 'logstash', 'json', 'custom']

export default defineFeature<typeof worker>()({
  namespace: 'telemetry/logging',
  places: ['service'],
  schema,
  mismatch: 'key',
  normalise(raw, { at, report, around }) {
    const level = LEVELS[(raw.level ?? '').toUpperCase()]
    // KrakenD falls back to its plain logger.
    if (level === undefined) report.warn([...at, 'level'], 'unknown-level', `expected one of ${Object.keys(LEVELS).join(', ')}, found ${JSON.stringify(raw.level ?? null)}: everything is logged`, suggested(nearest(raw.level ?? '', Object.keys(LEVELS))))
    if (raw.syslog) report.warn([...at, 'syslog'], 'not-supported', 'there is no syslog at the edge: lines go to the console, which the platform or systemd collects')
    if (raw.format !== undefined && !FORMATS.includes(raw.format)) report.warn([...at, 'format'], 'unknown-format', `expected one of ${FORMATS.join(', ')}, found "${raw.format}": the default is used`, suggested(nearest(raw.format, FORMATS)))
    const written = level === undefined || raw.stdout === true || raw.syslog === true || 'telemetry/gelf' in (around.service ?? {})
    if (!written) report.warn(at, 'no-effect', 'neither stdout nor syslog is true: nothing is logged')
    const logstash = raw.format === 'logstash' || isOn(around.service?.['telemetry/logstash'])
    const format = logstash ? 'logstash' : raw.format === 'json' ? 'json' : raw.format === 'custom' ? piecesOf(raw.custom_format ?? '') : 'default'
    const options: worker.LogOptions = { level: written ? (level ?? 'info') : null, prefix: raw.prefix ?? '', format }
    const router = (around.service?.router ?? {}) as { disable_access_log?: unknown; logger_skip_paths?: unknown }
    const silent = router.disable_access_log === true || options.level !== 'info'
    const skip = [router.logger_skip_paths].flat().filter((path) => typeof path === 'string')
    return { log: options, ...(silent ? {} : { service: { skip } }) }
  },
})

const isOn = (block: unknown): boolean => typeof block === 'object' && block !== null && (block as { enabled?: unknown }).enabled === true

/** `%{time:…} [%{level}] %{message}`; colours are for terminals, and left out. */
function piecesOf(format: string): worker.Piece[] {
  return format.split(/(%\{[^}]*\})/).filter((piece) => piece !== '').flatMap((piece): worker.Piece[] => {
    const verb = /^%\{(\w+)/.exec(piece)?.[1]
    if (verb === undefined) return [piece]
    return verb === 'time' || verb === 'level' || verb === 'message' || verb === 'module' ? [[verb]] : []
  })
}
