/** What a command is made of, and what all of them do first: read the configuration, compile it, show the findings. */
import { existsSync } from 'node:fs'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { features } from '../features/index.ts'
import { compile, type Compiled, parseService } from './compile.ts'
import { type Finding, nearest, RefusedError, UserError } from './diagnostics.ts'
import type { Target } from './emit/module.ts'
import { readConfiguration } from './load/read.ts'
import { type Source, UnreadableError } from './load/source.ts'
import type { Service } from './schema/service.ts'
import { positionsOf, printFindings, writeFindings } from './terminal.ts'

type Options = NonNullable<ParseArgsConfig['options']>
type Values = { readonly [name: string]: string | boolean | undefined }

export interface Command {
  summary: string
  /** What stands behind `cuttle NAME`. */
  usage: string
  /** Lines of help for the options that are its own. */
  help: readonly string[]
  /** Of one that may be given `multiple` times the value is how often it was. */
  options: Options
  /** How many words stand beside the options: none, unless it says so. */
  words?: number
  /** All that is not its own is passed on, to wrangler. */
  passesOn?: boolean
  /** Gives the exit code. */
  run(values: Values, rest: readonly string[]): Promise<number>
}

/** KrakenD's own; a gateway that ends by itself has its runtime's. */
export const EXIT = { ok: 0, refused: 1, usage: 255 } as const

export class UsageError extends UserError {}

/** Options of the commands that read a configuration. */
export const CONFIG_OPTIONS = { config: { type: 'string', short: 'c' }, strict: { type: 'boolean' } } as const satisfies Options
export const CONFIG_HELP = [
  '-c, --config FILE   the configuration: JSON, YAML, TOML or a module (default: krakend.json, gateway.json, config/gateway.json …)',
  '    --strict        refuse warnings that leave a door open',
] as const

export function parse(command: Command, args: readonly string[]): { values: Values; rest: string[] } {
  const options: Options = { ...command.options, help: { type: 'boolean', short: 'h' } }
  const { values, tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  const rest: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value)
    if (token.kind !== 'option') continue
    if (token.name in options) checkValue(token, options[token.name]!.type)
    else if (command.passesOn) rest.push(token.inlineValue ? `${token.rawName}=${token.value}` : token.rawName)
    else throw new UsageError(unknownOption(token.rawName, Object.keys(options)))
  }
  const unexpected = command.passesOn ? undefined : rest[command.words ?? 0]
  if (unexpected !== undefined) throw new UsageError(`unexpected ${JSON.stringify(unexpected)}`)
  return { values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? String(value.length) : value])), rest }
}

/** `-c "$FILE"` */
const NAME_FILES = ['config', 'out', 'script', 'ignore-file', 'lint-schema']

function checkValue({ name, rawName, value }: { name: string; rawName: string; value?: string | undefined }, type: 'string' | 'boolean'): void {
  if (type === 'string' && value === undefined) throw new UsageError(`${rawName} needs a value`)
  if (type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value`)
  if (value === '' && NAME_FILES.includes(name)) throw new UsageError(`${rawName} needs a name, found an empty one: is a variable not set?`)
}

function unknownOption(name: string, known: readonly string[]): string {
  const suggestion = nearest(name.replace(/^-+/, ''), known)
  return `unknown option ${name}${suggestion ? `: did you mean --${suggestion}?` : ''}`
}

export interface Loaded extends Compiled {
  source: Source
}

const DEFAULTS = ['krakend.json', 'gateway.json', 'config/gateway.json', 'gateway.config.ts', 'krakend.yaml', 'krakend.yml', 'krakend.toml']

/** The configuration's file: the one named, or the first default that is there. */
export function configFile(values: Values): string {
  const file = usualFile(values)
  if (file === undefined) throw new UserError(`no configuration: name one with -c FILE (looked for ${DEFAULTS.join(', ')})`)
  return file
}

/** undefined: there is none. */
export function usualFile(values: Values): string | undefined {
  const named = values.config as string | undefined
  return named ?? DEFAULTS.find((name) => existsSync(name))
}

interface LoadOptions {
  strict?: boolean
  json?: boolean
  target?: Target | null
}

/** Reads and compiles, and shows the findings. null: refused, and shown why. */
export async function load(file: string, options: LoadOptions = {}): Promise<Loaded | null> {
  return (await inspect(file, options)).loaded
}

interface Inspected {
  loaded: Loaded | null
  findings: readonly Finding[]
  /** What was read, as far as it came. */
  files: ReadonlySet<string>
}

/** The same, and with all findings. */
export async function inspect(file: string, { strict = false, json = false, target = null }: LoadOptions = {}): Promise<Inspected> {
  const show = json ? writeFindings : printFindings
  let source: Source | undefined
  try {
    source = await readConfiguration(file)
    const compiled = compile(source, features, target)
    show(compiled.findings, source)
    return { loaded: strict && compiled.findings.some(opensDoor) ? null : { ...compiled, source }, findings: compiled.findings, files: source.files }
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    const refused = error instanceof UnreadableError ? error.source : source!
    show(error.findings, refused, positionsOf(error))
    return { loaded: null, findings: error.findings, files: refused.files }
  }
}

/** The same file with another value, part of what it was: its findings have been shown. */
export const recompile = ({ source }: Loaded, value: unknown, target: Target): Compiled => compile({ ...source, value }, features, target)

/** What the file says, without a look at whether it can run. null: refused, and shown why. */
export async function readService(file: string): Promise<{ service: Service; source: Source } | null> {
  const source = await refusedBy(() => readConfiguration(file))
  const service = source && (await refusedBy(() => parseService(source), source))
  return source && service ? { service, source } : null
}

/** What `read` gives, or null where it is refused, which is shown. */
export async function refusedBy<T>(read: () => T | Promise<T>, source?: Source): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    printFindings(error.findings, error instanceof UnreadableError ? error.source : source!, positionsOf(error))
    return null
  }
}

const opensDoor = ({ opensDoor: open }: Finding): boolean => open === true

/** `--port`'s number. */
export function portOf(value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined
  const port = Number(value)
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new UsageError(`expected a port from 1 to 65535, found ${JSON.stringify(value)}`)
  return port
}

/** One of a list of words. */
export function oneOf<T extends string>(option: string, value: string | boolean | undefined, words: readonly T[], fallback: T): T {
  if (value === undefined) return fallback
  const word = words.find((known) => known === value)
  if (word) return word
  const suggestion = nearest(String(value), words)
  throw new UsageError(`--${option}: expected ${words.join(', ').replace(/, ([^,]*)$/, ' or $1')}, found ${String(value)}${suggestion ? `; did you mean ${suggestion}?` : ''}`)
}
