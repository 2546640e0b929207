import { z } from 'zod'
import { defineFeature } from '../../../compiler/feature.ts'
import { nearest } from '../../../compiler/diagnostics.ts'
import { titled } from '../../../compiler/paths.ts'
import { json, record } from '../../../compiler/schema/record.ts'
import type * as worker from './worker.ts'

const TYPES = ['query', 'mutation'] as const

export default defineFeature<typeof worker>()({
  namespace: 'backend/graphql',
  places: ['backend'],
  // Go's encoding/json: null is absent, names have any letter case.
  schema: z.object({
    type: z.string().nullish(),
    method: z.string().nullish(),
    query: z.string().nullish(),
    query_path: z.string().nullish(),
    operationName: z.string().nullish(),
    variables: record(json()).nullish(),
  }),
  mismatch: 'block',
  normalise(raw, { at, report, readFile }) {
    const file = raw.query_path ? readFile(raw.query_path) : undefined
    if (file === null) {
      report.warn([...at, 'query_path'], 'no-file', `there is no file ${raw.query_path}: backend/graphql is off, and the backend an ordinary one`)
      return {}
    }
    const variables = raw.variables ?? {}
    const texts = Object.entries(variables).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
    for (const [name, value] of texts) {
      if (value === '' || value === '{}') report.error([...at, 'variables', name], 'empty-variable', `expected a text or a parameter such as "{id}", found "${value}": KrakenD crashes when it starts`)
    }
    const type = TYPES.find((known) => known === raw.type?.toLowerCase())
    if (!type) {
      const suggestion = nearest(raw.type ?? '', TYPES)
      report.warn([...at, 'type'], 'unknown-type', `expected query or mutation, found ${raw.type ?? 'nothing'}: backend/graphql is off, and the backend an ordinary one`, suggestion ? { suggestion } : {})
      return {}
    }
    const method = raw.method?.toUpperCase() === 'GET' ? 'GET' : 'POST'
    if (method === 'GET') report.warn([...at, 'method'], 'no-query', 'the request goes out without query and variables, as KrakenD sends it: use POST')
    const placeholders = texts.flatMap(([name, value]) => (/^\{.+\}$/s.test(value) ? [[name, titled(value.slice(1, -1))] as const] : []))
    const parameters = type === 'query' ? Object.fromEntries(placeholders) : {}
    return {
      backend: { type, method, query: file ?? raw.query ?? '', operationName: raw.operationName ?? '', variables, parameters },
      ...(type === 'mutation' && { readsBody: true }),
    }
  },
})
