/** A configuration's text, what it holds, and where each value stands. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Finding, type Path, RefusedError } from '../diagnostics.ts'
import { type Document, FormatError, type Repeated } from './document.ts'
import { parseJson } from './json.ts'
import { parseToml } from './toml.ts'
import { parseYaml } from './yaml.ts'

export interface Source {
  /** As the user wrote it. */
  file: string
  text: string
  value: unknown
  /** What its text has to be warned of. */
  warnings: readonly Finding[]
  /** Line and column, from 1, of the value at `path`, or of the nearest value around it. */
  locate(path: Path): Position
  /** The path of a file that the configuration names: from its own folder, or else from the current one. null: there is none. */
  resolve(file: string): string | null
  /** What was read for it, and what it was asked for: a change of one of these changes the gateway. A folder stands for what is in it. */
  files: Set<string>
}
export interface Position {
  line: number
  column: number
  /** Where it is another than the source's. */
  file?: string
}

const START: Position = { line: 1, column: 1 }

export type Format = 'json' | 'yaml' | 'toml'
export const FORMATS: { readonly [F in Format]: (text: string) => Document } = { json: parseJson, yaml: parseYaml, toml: parseToml }

/** By the ending, in its exact letter case; whatever is neither YAML nor TOML is JSON (transform/RULES.md §6). */
export function formatOf(file: string): Format {
  const ending = path.extname(file)
  return ending === '.yaml' || ending === '.yml' ? 'yaml' : ending === '.toml' ? 'toml' : 'json'
}

/** The file is not of its format: the findings stand at positions, not at paths. */
export class UnreadableError extends RefusedError {
  readonly source: Source
  readonly positions: readonly Position[]
  constructor(source: Source, findings: readonly (Omit<Finding, 'path' | 'severity'> & Partial<Finding>)[], positions: readonly Position[]) {
    super(findings.map((finding): Finding => ({ severity: 'error', path: [], ...finding })))
    this.source = source
    this.positions = positions
  }
}

/** What of a source does not depend on its text being good. */
export function unread(file: string, text: string): Source {
  const files = new Set([file])
  return {
    file,
    text,
    files,
    value: undefined,
    warnings: [],
    locate: () => START,
    resolve(name) {
      const places = [path.resolve(path.dirname(file), name), path.resolve(name)]
      const found = places.find((place) => existsSync(place))
      files.add(found ?? places[0]!)
      return found ?? null
    },
  }
}

/** Reads a text in its format. `positionOf` says where an offset of the text is for its author. Throws UnreadableError. */
export function readText(source: Source, text: string, format: Format, positionOf: (offset: number) => Position = (offset) => positionAt(text, offset)): Source {
  try {
    const { value, offsetOf, repeated = [] } = FORMATS[format](text)
    return { ...source, value, warnings: [...source.warnings, ...repeated.map((one) => repeatedKey(one, source.file, positionOf))], locate: (path) => positionOf(offsetOf(path)) }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const { code, problems } = error
    throw new UnreadableError(source, [...source.warnings, ...problems.map(({ message }) => ({ code, message }))], [...source.warnings.map(() => START), ...problems.map(({ offset }) => positionOf(offset))])
  }
}

function repeatedKey({ path: at, before }: Repeated, name: string, positionOf: (offset: number) => Position): Finding {
  const places = before.map(positionOf).map(({ file = name, line, column }) => `${file}:${line}:${column}`)
  return { severity: 'warning', code: 'repeated-key', path: at, message: `${String(at.at(-1))} stands more than once in this object: the last counts, and not that of ${places.join(', ')}` }
}

/** Throws UnreadableError. */
export const readJson = (file: string, text: string): Source => readText(unread(file, text), text, 'json')

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}
