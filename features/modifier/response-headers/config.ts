import { z } from 'zod'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import { headerValue } from '../../header-value.ts'
import type * as worker from './worker.ts'

const lists = z.record(z.string(), z.array(z.string())).optional()

export default defineFeature<typeof worker>()({
  namespace: 'modifier/response-headers',
  places: ['service'],
  schema: z.object({ add: lists, replace: lists, delete: z.array(z.string()).optional(), rename: z.record(z.string(), z.string()).optional() }),
  mismatch: 'key',
  normalise(raw, place) {
    const isName = createNameCheck(place)
    const named = (key: 'add' | 'replace'): [string, string[]][] => Object.entries(raw[key] ?? {}).filter(([name]) => isName(name, key)).map(([name, values]) => [name.toLowerCase(), values.map(headerValue)])
    const options = {
      delete: (raw.delete ?? []).filter((name) => isName(name, 'delete')).map((name) => name.toLowerCase()),
      replace: named('replace'),
      add: named('add'),
      rename: Object.entries(raw.rename ?? {}).filter(([from, to]) => isName(from, 'rename') && isName(to, 'rename')).map(([from, to]): [string, string] => [from.toLowerCase(), to.toLowerCase()]),
    }
    return Object.values(options).some((list) => list.length) ? { service: options } : {}
  },
})

function createNameCheck({ at, report }: FeaturePlace): (name: string, key: string) => boolean {
  return (name, key) => {
    if (/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return true
    report.warn([...at, key], 'bad-name', `expected the name of a header, found ${JSON.stringify(name)}: it does nothing`, { opensDoor: true })
    return false
  }
}
