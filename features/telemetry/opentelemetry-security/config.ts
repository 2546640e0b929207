import { defineFeature } from '../../../compiler/feature.ts'
import { headersSchema } from '../sink.ts'

/** Headers that OTLP exporters send. telemetry/opentelemetry reads them: each value is a secret. */
export default defineFeature<object>()({
  namespace: 'telemetry/opentelemetry-security',
  places: ['service'],
  schema: headersSchema,
  mismatch: 'block',
  normalise({ otlp = [] }, { at, report, around }) {
    const names = namesOf(around.service?.['telemetry/opentelemetry'])
    for (const [i, { name }] of otlp.entries()) {
      if (!names.includes(name)) report.warn([...at, 'otlp', i, 'name'], 'no-effect', `expected the name of an OTLP exporter of telemetry/opentelemetry (${names.join(', ') || 'there is none'}), found "${name}": these headers are not sent`)
    }
    return {}
  },
})

function namesOf(block: unknown): unknown[] {
  const { exporters } = (block ?? {}) as { exporters?: { otlp?: unknown } }
  return Array.isArray(exporters?.otlp) ? exporters.otlp.map((one: { name?: unknown } | null) => one?.name) : []
}
