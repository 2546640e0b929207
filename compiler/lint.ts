/** `check -s` and `-l`: a configuration against a JSON schema. Linting says more than loading does: KrakenD starts all the same. */
import path from 'node:path'
import { Ajv, type ErrorObject } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type Finding, type Path, UserError } from './diagnostics.ts'
import { readUserFile } from './user-files.ts'

/** KrakenD's own schemas, by the version that the configuration says it has. */
export const officialSchema = (version: unknown): string => `https://www.krakend.io/schema/${Number(version) === 4 ? 'v3.0' : 'v2.13'}/krakend.json`

type Schema = { readonly [key: string]: unknown }
const MOST_FINDINGS = 100

/** What of `value` does not fit the schema at a path or an address. */
export async function lint(value: unknown, place: string): Promise<Finding[]> {
  const schema = await loadSchema(place)
  const engine = { allErrors: true, strict: false, validateFormats: false, loadSchema }
  const dialect = typeof schema.$schema === 'string' ? schema.$schema : ''
  const ajv = dialect.includes('2020-12') ? new Ajv2020(engine) : dialect.includes('2019-09') ? new Ajv2019(engine) : new Ajv(engine)
  try {
    // What is older than draft 7 is read as draft 7: ajv knows no other.
    const validate = await ajv.compileAsync(/draft-0[46]/.test(dialect) ? { ...schema, $schema: undefined } : schema)
    return validate(value) ? [] : validate.errors!.slice(0, MOST_FINDINGS).map(toFinding)
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${place}: ${(error as Error).message}`)
  }
}

async function loadSchema(place: string): Promise<Schema> {
  try {
    const text = /^https?:/.test(place) ? await download(place) : readUserFile(path.resolve(place.replace(/^file:\/\//, '')), `the schema ${place}`)
    return JSON.parse(text) as Schema
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`cannot read the schema ${place}: ${reasonOf(error as Error)}`)
  }
}

/** fetch says why only in its cause. */
const reasonOf = ({ message, cause }: Error): string => (cause instanceof Error && cause.message ? `${message}: ${cause.message}` : message)

const DOWNLOAD_MS = 20_000

async function download(address: string): Promise<string> {
  const response = await fetch(address, { signal: AbortSignal.timeout(DOWNLOAD_MS) })
  if (!response.ok) throw new Error(`it answers ${response.status}`)
  return response.text()
}

function toFinding({ instancePath, message, params, keyword }: ErrorObject): Finding {
  const path: Path = instancePath.split('/').slice(1).map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')))
  const extra = (params as { additionalProperty?: string }).additionalProperty
  const allowed = (params as { allowedValues?: readonly unknown[] }).allowedValues
  const detail = keyword === 'enum' && allowed ? `: ${allowed.map((word) => JSON.stringify(word)).join(', ')}` : ''
  return { severity: 'error', code: 'schema', path: extra === undefined ? path : [...path, extra], message: extra === undefined ? `${message}${detail}` : 'is no key that the schema has' }
}
