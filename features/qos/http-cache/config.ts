import { z } from 'zod'
import { show } from '../../../compiler/diagnostics.ts'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import { type ExtraConfig, foldKeys, reportUnknownKeys } from '../../../compiler/schema/namespaces.ts'
import type * as worker from './worker.ts'

const block = z.object({ shared: z.boolean().nullish(), max_size: z.int().min(0).nullish(), max_items: z.int().min(0).nullish() })
const KEYS = Object.keys(block.shape)

export default defineFeature<typeof worker>()({
  namespace: 'qos/http-cache',
  places: ['backend'],
  // A wrong type does not switch it off: it is a plain cache then, neither shared nor bounded.
  schema: z.unknown() as z.ZodType<unknown, z.input<typeof block>>,
  mismatch: 'key',
  normalise(raw, place) {
    const { shared, max_size: bytes, max_items: items } = read(raw, place)
    // Where it stands tells it from the endpoint's other backends; the run time adds the endpoint.
    const scope = shared ? '' : place.at.slice(2, 4).join(' ')
    return { client: { scope, bounds: bytes && items ? { bytes, items } : null } }
  },
})

function read(raw: unknown, { at, report }: FeaturePlace): z.output<typeof block> {
  const isObject = typeof raw === 'object' && raw !== null && !Array.isArray(raw)
  if (isObject) reportUnknownKeys(foldKeys(raw as ExtraConfig, KEYS), KEYS, at, report)
  const { data, error } = block.safeParse(isObject ? foldKeys(raw as ExtraConfig, KEYS) : raw)
  if (data) return data
  if (!isObject) report.warn(at, 'wrong-type', `expected an object, found ${show(raw)}: it is a cache of this backend alone, without bounds of its own`)
  else for (const { path, message } of error.issues) report.warn([...at, ...(path as string[])], 'wrong-type', `${message}: it is a cache of this backend alone, without bounds of its own`)
  return {}
}
