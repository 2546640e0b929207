/** Whether a document is a schema of its draft at all. Ajv asks the draft's own schema; it is not in any bundle. */
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type Draft, SchemaError } from './documents.ts'
import { draft4 } from './draft-04.ts'

const draft6 = (): object => createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-06.json') as object
const OPTIONS = { strict: false, validateFormats: false } as const
const VALIDATORS: { readonly [D in Draft]: () => Ajv } = {
  4: () => new Ajv(OPTIONS).addMetaSchema(draft4),
  6: () => new Ajv(OPTIONS).addMetaSchema(draft6()),
  7: () => new Ajv(OPTIONS),
  2019: () => new Ajv2019(OPTIONS),
  2020: () => new Ajv2020(OPTIONS),
}
const IDS: { readonly [D in Draft]: string } = {
  4: 'http://json-schema.org/draft-04/schema',
  6: 'http://json-schema.org/draft-06/schema',
  7: 'http://json-schema.org/draft-07/schema',
  2019: 'https://json-schema.org/draft/2019-09/schema',
  2020: 'https://json-schema.org/draft/2020-12/schema',
}
/** Reading a draft's schema takes some milliseconds, so each is read once. */
const made = new Map<Draft, Ajv>()

/** Throws a SchemaError at the first keyword of a wrong kind. */
export function checkSchema(document: unknown, draft: Draft): void {
  const ajv = made.get(draft) ?? VALIDATORS[draft]()
  made.set(draft, ajv)
  if (ajv.validate(IDS[draft], document)) return
  // The deepest is the keyword itself, the others are the combinations around it.
  const [error] = (ajv.errors ?? []).toSorted((a, b) => b.instancePath.split('/').length - a.instancePath.split('/').length)
  const keys = (error?.instancePath ?? '').split('/').slice(1).map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const allowed = (error?.params as { allowedValues?: readonly unknown[] } | undefined)?.allowedValues
  throw new SchemaError(keys, `${error?.message ?? 'is no schema'}${allowed ? `: ${allowed.join(', ')}` : ''}`)
}
