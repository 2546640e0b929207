/** Templates of bodies (KrakenD Enterprise): parsed here, and emitted with exactly the functions that they call. */
import { z } from 'zod'
import { builtins } from '../worker/template/builtins.ts'
import { TemplateError } from '../worker/template/error.ts'
import { dateFunctions } from '../worker/template/sprig/dates.ts'
import { dictFunctions } from '../worker/template/sprig/dicts.ts'
import { generalFunctions } from '../worker/template/sprig/general.ts'
import { jsonFunctions } from '../worker/template/sprig/json.ts'
import { listFunctions } from '../worker/template/sprig/lists.ts'
import { numberFunctions } from '../worker/template/sprig/numbers.ts'
import { textFunctions } from '../worker/template/sprig/text.ts'
import type { TemplateOptions } from '../worker/template/body.ts'
import type { Template } from '../worker/template/syntax.ts'
import type { Path } from './diagnostics.ts'
import type { FeaturePlace } from './feature.ts'
import { parseTemplates } from './load/template/parser.ts'
import { sprig } from './load/template/sprig/index.ts'
import { positionAt } from './load/source.ts'
import { json, record } from './schema/record.ts'

export const templateSchema = z.object({
  template: z.string().optional(),
  path: z.string().optional(),
  content_type: z.string().optional(),
  variables: record(json()).optional(),
  debug: z.boolean().optional(),
})

/** Tables of functions, and where run time has them. */
const TABLES = [
  { module: 'worker/template/builtins', name: 'builtins', functions: builtins },
  { module: 'worker/template/sprig/general', name: 'generalFunctions', functions: generalFunctions },
  { module: 'worker/template/sprig/text', name: 'textFunctions', functions: textFunctions },
  { module: 'worker/template/sprig/numbers', name: 'numberFunctions', functions: numberFunctions },
  { module: 'worker/template/sprig/lists', name: 'listFunctions', functions: listFunctions },
  { module: 'worker/template/sprig/dicts', name: 'dictFunctions', functions: dictFunctions },
  { module: 'worker/template/sprig/dates', name: 'dateFunctions', functions: dateFunctions },
  { module: 'worker/template/sprig/json', name: 'jsonFunctions', functions: jsonFunctions },
] as const
const BUILD_TIME = sprig({})
const MAIN = 'body'

/** null: there is no template that could run, which is reported. */
export function placeTemplate(raw: z.infer<typeof templateSchema>, place: FeaturePlace): (Omit<TemplateOptions, 'variables'> & { variables: NonNullable<typeof raw.variables> }) | null {
  const source = sourceOf(raw, place)
  if (!source) return null
  const templates = parse(source.text, source.name, source.at, place)
  if (!templates) return null
  const { bytes: maxBytes } = place.requestBody
  return { template: emit(templates, maxBytes, place), contentType: raw.content_type || 'application/json', variables: raw.variables ?? {}, maxBytes }
}

interface TemplateSource {
  text: string
  name: string
  at: Path
}

function sourceOf({ template, path: file }: z.infer<typeof templateSchema>, { at, report, readFile }: FeaturePlace): TemplateSource | null {
  const off = (where: Path, code: string, message: string): null => {
    report.warn(where, code, `${message}: bodies stay as they are`, { opensDoor: true })
    return null
  }
  if (file) {
    const text = readFile(file)
    return text === null ? off([...at, 'path'], 'no-file', `there is no file ${file}`) : { text, name: file, at: [...at, 'path'] }
  }
  if (!template) return off(at, 'no-template', 'expected a template, in base64, or the path of one')
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(template)) return off([...at, 'template'], 'bad-base64', 'expected a template in base64')
  return { text: Buffer.from(template, 'base64').toString('utf8'), name: 'template', at: [...at, 'template'] }
}

function parse(text: string, name: string, at: Path, { report }: FeaturePlace): ReadonlyMap<string, Template> | null {
  const where = (offset: number): string => {
    const { line, column } = positionAt(text, offset)
    return `${name}:${line}:${column}`
  }
  try {
    const templates = parseTemplates(MAIN, text, (called) => Object.hasOwn(builtins, called) || Object.hasOwn(BUILD_TIME, called))
    const missing = functionsOf([...templates.values()]).find(({ name: called }) => !TABLES.some(({ functions }) => Object.hasOwn(functions, called)))
    if (!missing) return templates
    report.warn(at, 'not-supported', `${where(missing.offset)}: ${missing.name} is not there for bodies: they stay as they are`, { opensDoor: true })
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    report.warn(at, 'bad-template', `${where(error.offset)}: ${error.message}: bodies stay as they are`, { opensDoor: true })
  }
  return null
}

/** Calls of functions, wherever they stand. */
function functionsOf(node: unknown): { name: string; offset: number }[] {
  if (typeof node !== 'object' || node === null) return []
  const own = 'kind' in node && node.kind === 'function' ? [node as { kind: string; name: string; offset: number }] : []
  return [...own, ...Object.values(node).flatMap(functionsOf)]
}

function emit(templates: ReadonlyMap<string, Template>, maxBytes: number, place: FeaturePlace): string {
  const called = new Set(functionsOf([...templates.values()]).map(({ name }) => name))
  const used = TABLES.filter(({ functions }) => [...called].some((name) => Object.hasOwn(functions, name)))
  const table = `{ ${used.map(({ name }, i) => `...f${i}.${name}`).join(', ')} }`
  const modules = Object.fromEntries(used.map(({ module }, i) => [`f${i}`, module]))
  return place.code(`() => t.createTemplate(${JSON.stringify(MAIN)}, ${toSource([...templates])}, ${table}, ${maxBytes})`, { t: 'worker/template/body', ...modules })
}

/** JSON, but for Go's ints, which are bigints. */
const toSource = (value: unknown): string => JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `\0${item}` : item)).replace(/"\\u0000(-?\d+)"/g, '$1n')
