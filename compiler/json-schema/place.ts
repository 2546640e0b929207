/** A schema of a configuration → options of the stages that check it, or findings at its keywords. */
import type { SchemaOptions } from '../../worker/json-schema/body.ts'
import type { Path } from '../diagnostics.ts'
import type { FeaturePlace } from '../feature.ts'
import { compileSchema, SchemaError } from './compile.ts'

/** null: KrakenD goes on without it. */
export function placeSchema(schema: unknown, at: Path, place: FeaturePlace): SchemaOptions | null {
  try {
    const nodes = compileSchema(schema)
    // As text: a member called `__proto__` means something else in JavaScript.
    const name = place.code(`JSON.parse(${JSON.stringify(JSON.stringify(nodes))})`)
    const formats = nodes.flatMap(({ format }) => format ?? [])
    // A parser of patterns comes along only where one is asked for.
    const library = formats.includes('regex') ? 'worker/json-schema/formats-with-regex' : 'worker/json-schema/formats'
    return { schema: name, formats: formats.length ? [library, {}] : null }
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    const keys = error.keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key))
    place.report.warn([...at, ...keys], 'bad-schema', `${error.message}: nothing is checked`, { opensDoor: true })
    return null
  }
}
