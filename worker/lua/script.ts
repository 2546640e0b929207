/** Runs the scripts of one place: sources, pre, and post with the same globals (transform/RULES.md §2). */
import type { Failure, Made } from '../types.ts'
import { decode, encode } from './bytes.ts'
import { HTTP } from './api/http.ts'
import { LIST, NIL, TABLE } from './api/data.ts'
import { customError, type SourceMap, toFailure } from './api/errors.ts'
import { type Compiled, EMITTED, type Program } from './emitted.ts'
import { BASE } from './library/base.ts'
import { module, PACKAGE, require } from './library/package.ts'
import { TABLE as TABLES } from './library/table.ts'
import { settle } from './operate.ts'
import { createState, type Host, type State, throwValue } from './state.ts'
import { drive } from './suspend.ts'
import { type Fn, type Module, rawSet, type Value } from './value.ts'

export interface ScriptOptions {
  /** The compiled text; null: a source file is not there, and every request fails. */
  code: string | null
  missing: string
  /** It was compiled as one that may wait. */
  waits: boolean
  /** Lines of the source files, and of pre and post. */
  sources: SourceMap
  pre: number
  post: number
}
/** What a script's code is, by its name in the options. */
export interface ScriptCode {
  compiled: Compiled
  /** allow_open_libs: the libraries that it has more. */
  open: { readonly [name: string]: Module } | null
}
export type Part = 'pre' | 'post'

/** The globals of one API: `request`, or `ctx`. */
export type Api = { readonly [name: string]: Module }

const CLOSED = { ...BASE, module, package: PACKAGE, require, table: TABLES }
const COMMON = { custom_error: customError, http_response: HTTP, luaList: LIST, luaNil: NIL, luaTable: TABLE }

export interface Script {
  /** `subject` is what the API's functions look at. */
  begin(subject: object): State
  /** null: it went well. At once unless the script waits. */
  run(state: State, part: Part): Failure | null | Promise<Failure | null>
}

/** `answer`: globals that post has more. */
export function createScript(options: ScriptOptions, { platform, code }: Pick<Made, 'platform' | 'code'>, api: Api, answer: Api = {}): Script {
  const { waits, sources, missing } = options
  if (options.code === null) return { begin: () => createState(new Map(), null, false, createHost(platform), null), run: () => ({ kind: 'refused', message: `lua: unable to load required source ${missing}` }) }
  const { compiled, open } = code(options.code) as ScriptCode
  const program = compiled(EMITTED)
  const globalsOf = (own: Globals['own']): Globals => ({ own, entries: new Map(Object.entries({ ...CLOSED, ...open, ...own })) })
  const globals = { pre: globalsOf({ ...COMMON, ...api }), post: globalsOf({ ...COMMON, ...api, ...answer }) }
  const chunks = new Map(program.chunks)
  const host = createHost(platform)
  const maps = { pre: [...sources, ['pre-script', options.pre]], post: [...sources, ['post-script', options.post]] } as const
  return {
    begin(subject) {
      const state = createState(globals.pre.entries, open?.string ?? null, waits, host, subject)
      state.chunks = chunks
      return state
    },
    run(state, part) {
      const steps = part === 'pre' ? (['sources', 'pre'] as const) : (['post'] as const)
      return runSteps(state, program, steps, globals[part], (step) => (step === 'sources' ? sources : maps[part]))
    },
  }
}

const createHost = (platform: Made['platform']): Host => ({
  now: () => platform.now(),
  startedAt: platform.startedAt,
  environment(name) {
    const value = platform.binding(name)
    return typeof value === 'string' ? value : undefined
  },
  print: (text) => platform.log('info', text),
  ...(platform.toField('ü') === 'ü' ? { toField: decode, fromField: encode } : { toField: same, fromField: same }),
})
const same = (value: string): string => value

type Step = 'sources' | 'pre' | 'post'

/** What the API gives, and with it all that a script begins with. */
interface Globals {
  own: { readonly [name: string]: Value | Module }
  entries: ReadonlyMap<Value, Value | Module>
}

function runSteps(state: State, program: Program, steps: readonly Step[], globals: Globals, mapOf: (step: Step) => SourceMap): Failure | null | Promise<Failure | null> {
  for (const [i, step] of steps.entries()) {
    const chunk = program[step]
    if (chunk === null) continue
    const failed = runChunk(state, chunk, globals, mapOf(step))
    if (failed instanceof Promise) return failed.then((failure) => failure ?? runSteps(state, program, steps.slice(i + 1), globals, mapOf))
    if (failed) return failed
  }
  return null
}

function runChunk(state: State, chunk: Fn | string, globals: Globals, sources: SourceMap): Failure | null | Promise<Failure | null> {
  try {
    if (typeof chunk === 'string') return throwValue(chunk)
    register(state, globals)
    Object.assign(state, { depth: 0, tails: 0, replacing: false })
    const done = drive(settle(chunk(state)))
    return done instanceof Promise ? done.then(() => null, (error: unknown) => toFailure(state, error, sources)) : null
  } catch (error) {
    return toFailure(state, error, sources)
  }
}

/** Before each script the API's names are given again, whatever a script before has made of them. */
function register({ globals }: State, { own, entries }: Globals): void {
  if (globals.shared) globals.hash = entries as Map<Value, Value>
  else for (const [name, value] of Object.entries(own)) if (globals.hash!.get(name) !== value) rawSet(globals, name, value as Value)
}
