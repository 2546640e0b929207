/** The user's wrangler configuration: read, never written. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type ParseError, parse as parseJsonc } from 'jsonc-parser'
import { UserError } from '../diagnostics.ts'
import { FormatError } from './document.ts'
import { toProblem } from './json.ts'
import { positionAt } from './source.ts'
import { parseToml } from './toml.ts'

/** A wrangler configuration, or one `[env.NAME]` of it. */
export type Block = { readonly [key: string]: unknown }
export interface WranglerFile {
  /** wrangler.toml, wrangler.json or wrangler.jsonc, from the current folder. */
  name: string
  value: Block
}

export const blockOf = (value: unknown): Block => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Block) : {})

/** In wrangler's order of preference. */
export const NAMES = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml']

/** Where the Worker stands: in the configuration's folder if wrangler's file is there, or else in the current one. */
export function projectOf(configuration: string): string {
  const folder = path.dirname(configuration)
  return NAMES.some((name) => existsSync(path.join(folder, name))) ? folder : '.'
}

/** The folder's wrangler configuration, or null if it has none. */
export function readWrangler(folder: string): WranglerFile | null {
  const name = NAMES.map((candidate) => path.join(folder, candidate)).find((file) => existsSync(file))
  if (!name) return null
  // Wrangler takes no notice of a byte order mark.
  const text = readFileSync(name, 'utf8').replace(/^\uFEFF/, '')
  const value = name.endsWith('.toml') ? readToml(name, text) : readJsonc(name, text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UserError(`${name}: expected an object`)
  return { name, value: value as Block }
}

function readToml(name: string, text: string): unknown {
  try {
    return parseToml(text).value
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const [{ offset, message }] = error.problems as [FormatError['problems'][number]]
    throw new UserError(placed(name, text, offset, message))
  }
}

function readJsonc(name: string, text: string): unknown {
  const errors: ParseError[] = []
  const value = parseJsonc(text, errors, { allowTrailingComma: true }) as unknown
  const [first] = errors
  if (!first) return value
  throw new UserError(placed(name, text, first.offset, toProblem(first).message))
}

function placed(name: string, text: string, offset: number, message: string): string {
  const { line, column } = positionAt(text, offset)
  return `${name}:${line}:${column}: ${message}`
}
