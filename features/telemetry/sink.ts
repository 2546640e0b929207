/** What the blocks of telemetry have in common: where sinks are, which ports are asked for. */
import { z } from 'zod'
import { type Path, type Report, show } from '../../compiler/diagnostics.ts'

/** telemetry/opentelemetry-security: headers of OTLP exporters, by their names. */
export const headersSchema = z.object({ otlp: z.array(z.object({ name: z.string(), headers: z.record(z.string(), z.string()) })).optional() })

/** A sink's address. It stands in the code and in logs, so it may have no password. null: it can't be used, which is reported. */
export function sinkUrl(text: string, example: string, at: Path, report: Report): URL | null {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null
  if (url && !url.username && !url.password) return url
  const found = text.includes('@') ? 'one with a user or password, which would stand in the code' : show(text)
  report.warn(at, 'bad-address', `expected an address such as "${example}", found ${found}: nothing is sent`)
  return null
}

/** A port, or the usual one where none or 0 is written. null: there is no such port, which is reported. */
export function portOf(port: number | undefined, usual: number, effect: string, at: Path, report: Report): number | null {
  const wanted = port || usual
  if (Number.isInteger(wanted) && wanted > 0 && wanted < 65_536) return wanted
  report.warn(at, 'bad-port', `expected a port from 1 to 65535, found ${wanted}: ${effect}`)
  return null
}
