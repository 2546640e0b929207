/**
 * Flexible configuration: with FC_ENABLE the file is a Go template, run once when it is loaded (transform/RULES.md §6). A template that
 * fails is an error here; KrakenD would read the file as it stands, with its braces.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Finding, UserError } from '../diagnostics.ts'
import type { Environment } from './environment.ts'
import { type Format, formatOf, type Position, positionAt, readJson, type Source, UnreadableError } from './source.ts'
import { TemplateError } from '../../worker/template/error.ts'
import type { Piece } from '../../worker/template/exec.ts'
import { fn, type Functions } from '../../worker/template/function.ts'
import { marshal } from '../../worker/template/json.ts'
import { sprig } from './template/sprig/index.ts'
import { createTemplates } from './template/template.ts'
import { type Dict, fromJson } from '../../worker/template/value.ts'

export interface Rendered {
  text: string
  format: Format
  /** Where in the templates an offset of the text comes from. */
  positionOf(offset: number): Position
  warnings: readonly Finding[]
}

export const isFlexible = (environment: Environment): boolean => Boolean(environment.FC_ENABLE)

/** Throws UnreadableError where a template fails, and UserError where a folder is missing. */
export function render(source: Source, environment: Environment): Rendered {
  const settings = folderOf('FC_SETTINGS', environment, source)
  const folder = folderOf('FC_TEMPLATES', environment, source)
  for (const name of [settings, folder]) if (name !== null) source.files.add(name)
  const data = settings === null ? new Map() : readSettings(settings)
  const others = folder === null ? [] : namesIn(folder, '.tmpl').map((name) => ({ name, file: path.join(folder, name) }))
  const partials = new Map<string, string>()
  const missing = new Set<string>()
  const files = new Map([[path.basename(source.file), { file: source.file, text: source.text }], ...others.map(({ name, file }) => [name, { file, text: readFileSync(file, 'utf8') }] as const)])
  const pieces = run(source, files, { ...sprig(environment), ...ownFunctions(source, environment.FC_PARTIALS ?? '', partials, missing) }, data)
  const text = pieces.map((piece) => piece.text).join('')
  if (environment.FC_OUT) writeOut(environment.FC_OUT, text)
  return {
    text,
    format: environment.FC_OUT ? formatOf(environment.FC_OUT) : 'json',
    positionOf: locator(source, files, partials, pieces),
    warnings: [...missing].map((name) => missingPartial(name, environment.FC_PARTIALS)),
  }
}

type Files = ReadonlyMap<string, { file: string; text: string }>

function run(source: Source, files: Files, functions: Functions, data: Dict): Piece[] {
  const main = path.basename(source.file)
  const templates = createTemplates(functions)
  try {
    for (const [name, { text }] of [...files].toSorted(([a], [b]) => Number(a === main) - Number(b === main))) templates.parse(name, text)
    return templates.execute(main, data)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const { file, text } = files.get(error.template)!
    throw new UnreadableError(source, [{ code: 'template', message: error.message }], [positionIn(source, file, text, error.offset)])
  }
}

const positionIn = (source: Source, file: string, text: string, offset: number): Position => ({ ...positionAt(text, offset), ...(file !== source.file && { file }) })

/** From the current folder, as KrakenD does, or else from the configuration's. null: none is named. */
function folderOf(variable: 'FC_SETTINGS' | 'FC_TEMPLATES', environment: Environment, source: Source): string | null {
  const named = environment[variable]
  if (!named) return null
  const found = [named, path.join(path.dirname(source.file), named)].find((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory())
  if (found === undefined) throw new UserError(`${variable}: expected a folder, found nothing at ${named}`)
  return found
}

const namesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory() && entry.name.endsWith(ending)).map(({ name }) => name).toSorted()

function readSettings(folder: string): Dict {
  return new Map(namesIn(folder, '.json').map((name) => {
    const file = path.join(folder, name)
    const settings = readJson(file, readFileSync(file, 'utf8'))
    if (typeof settings.value === 'object' && !Array.isArray(settings.value)) return [path.basename(name, '.json'), fromJson(settings.value ?? {})]
    throw new UnreadableError(settings, [{ code: 'settings', message: 'expected an object of settings' }], [{ line: 1, column: 1 }])
  }))
}

const missingPartial = (name: string, folder: string | undefined): Finding => ({ severity: 'warning', code: 'no-file', path: [], message: `include ${JSON.stringify(name)}: there is no such file ${folder ? `in FC_PARTIALS, ${folder}` : 'here, and FC_PARTIALS names no folder'}: nothing stands in its place` })

/** `partials` keeps the files by their texts, so that what is included leads back to them. One that is not there is an empty text. */
const ownFunctions = (source: Source, folder: string, partials: Map<string, string>, missing: Set<string>): Functions => ({
  marshal: fn(['any'], (value) => marshal(value)),
  include: fn(['string'], (name) => {
    const places = [path.join(folder, name), path.join(path.dirname(source.file), folder, name)]
    const file = places.find((place) => statSync(place, { throwIfNoEntry: false })?.isFile())
    source.files.add(file ?? places[0]!)
    if (file === undefined) missing.add(name)
    if (file === undefined) return ''
    const text = readFileSync(file, 'utf8')
    partials.set(text, file)
    return text
  }),
})

function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new UserError(`FC_OUT: cannot write ${file}: ${(error as Error).message}`)
  }
}

function locator(source: Source, files: Files, partials: ReadonlyMap<string, string>, pieces: readonly Piece[]): (offset: number) => Position {
  const starts: number[] = []
  let length = 0
  for (const { text } of pieces) {
    starts.push(length)
    length += text.length
  }
  return (offset) => {
    const i = Math.max(0, starts.findLastIndex((start) => start <= offset))
    const piece = pieces[i]
    if (!piece) return { line: 1, column: 1 }
    const within = Math.min(offset - starts[i]!, piece.text.length)
    const partial = partials.get(piece.text)
    if (!piece.literal && partial !== undefined) return positionIn(source, partial, piece.text, within)
    const { file, text } = files.get(piece.file)!
    return positionIn(source, file, text, piece.literal ? piece.offset + within : piece.offset)
  }
}
