/** What the blocks of telemetry have in common: where sinks are, which ports are asked for, keys within keys. */
import { z } from 'zod'
import { nearest, type Path, type Report, show } from '../../compiler/diagnostics.ts'

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

/** Names the keys of nested blocks that nothing reads; those of the block itself are told already. */
export function reportNestedKeys(schema: z.ZodType, value: unknown, at: Path, report: Report, depth = 0): void {
  if (schema instanceof z.ZodOptional) return reportNestedKeys(schema.unwrap() as z.ZodType, value, at, report, depth)
  if (schema instanceof z.ZodArray && Array.isArray(value)) return value.forEach((item, i) => reportNestedKeys(schema.element as z.ZodType, item, [...at, i], report, depth))
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return
  const shape: { readonly [key: string]: z.ZodType } = schema.shape
  for (const [key, item] of Object.entries(value)) {
    if (shape[key]) reportNestedKeys(shape[key], item, [...at, key], report, depth + 1)
    else if (depth && !/^[@$_#]/.test(key)) {
      const suggestion = nearest(key, Object.keys(shape))
      report.warn([...at, key], 'unknown-key', `${key} is no key of ${String(at.findLast((part) => typeof part === 'string'))}: it does nothing`, suggestion ? { suggestion } : {})
    }
  }
}
