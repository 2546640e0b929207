/** What one request's run of scripts has: its globals, where it stands, and how much it may still do. */
import { createModule, createTable, type Fn, isModule, type Module, type Table, type Thread, type Value } from './value.ts'

export interface State {
  globals: Table
  /** They were asked for as a table, `_G`: no library stands in them unopened. */
  opened: boolean
  /** Libraries that the script has asked for, as tables of its own. */
  modules: Map<Module, Table>
  /** The metatable of texts: the string library, where it is open. */
  texts: Module | Table | null
  /** Metatables that debug.setmetatable gave to other types. */
  metas: { [type: string]: Table | null }
  /** Texts that loadstring knows: the function, or what is wrong with the text. */
  chunks: ReadonlyMap<string, Fn | string>
  /** Environments of the frames, in scripts that change them. */
  environments: (Environment | undefined)[]
  /** Frames in use, and the line at which each stands. */
  depth: number
  lines: number[]
  /** Calls and turns of loops that are left; work of libraries counts too. */
  fuel: number
  /** Bytes that libraries may still make of texts. */
  room: number
  /** A tail call takes its caller's frame. */
  replacing: boolean
  tails: number
  thread: Thread | null
  /** The script may wait: its functions are generators. */
  waits: boolean
  host: Host
  /** The request, response or context of this place, and how to call: the API's own (api/). */
  subject: unknown
}
/** Where a function's globals are; setfenv changes it. */
export interface Environment {
  table: Table
  callee?: Fn
}
/** What scripts may reach of the outside. */
export interface Host {
  now(): number
  startedAt: number
  environment(name: string): string | undefined
  print(text: string): void
  /** A header's value in the platform's form, and back: bytes, or the text that they are. */
  toField(bytes: string): string
  fromField(value: string): string
}

/** gopher-lua's CallStackSize. */
const MAX_DEPTH = 255
/** A second or so. KrakenD has no bound; a Worker would be ended by the platform. Libraries pay for what takes them longer than a turn. */
const FUEL = 10_000_000
/** An error costs as much as so many turns of a loop. */
const ERROR_COST = 50
/** An isolate has 128 MB on Workers. */
export const MAX_TEXT = 16 * 1024 * 1024
const ROOM = 64 * 1024 * 1024

const NO_CHUNKS: State['chunks'] = new Map()

export function createState(entries: ReadonlyMap<Value, Value | Module>, texts: Module | null, waits: boolean, host: Host, subject: unknown): State {
  const globals = createTable()
  globals.hash = entries as Map<Value, Value>
  globals.shared = true
  return {
    globals, texts, waits, host, subject,
    opened: false, modules: new Map(), metas: {}, chunks: NO_CHUNKS, environments: [],
    depth: 0, lines: [], fuel: FUEL, room: ROOM,
    replacing: false, tails: 0, thread: null,
  }
}

/** What `error` throws: any value. A plain object, since nobody reads a stack of JavaScript's. */
export interface LuaError {
  readonly lua: true
  readonly value: Value
  /** The script has used up what it may do: pcall does not catch that. */
  readonly final: boolean
}
export const isLuaError = (error: unknown): error is LuaError => typeof error === 'object' && error !== null && 'lua' in error

/** Where the script stands; gopher-lua's level 2 is its level 1. */
export function where(state: State, level = 1): string {
  const line = state.lines[state.depth - Math.max(0, level - 2)]
  return state.depth - Math.max(0, level - 2) < 1 || line === undefined ? '' : `<string>:${line}:`
}

export function raise(state: State, message: string, level = 1): never {
  state.fuel -= ERROR_COST
  throw { lua: true, value: level > 0 ? `${where(state, level)} ${message}` : message, final: false } satisfies LuaError
}

export const throwValue = (value: Value): never => {
  throw { lua: true, value, final: false } satisfies LuaError
}

const exhausted = (state: State): never => {
  throw { lua: true, value: `${where(state)} script runs too long`, final: true } satisfies LuaError
}

/** A function begins: its depth. */
export function enter(state: State): number {
  if (--state.fuel < 0) exhausted(state)
  if (state.replacing) {
    state.replacing = false
    return state.depth
  }
  if (state.depth >= MAX_DEPTH) raise(state, 'stack overflow')
  return ++state.depth
}

/** A loop's next turn, or so much work of a library. */
export function spend(state: State, amount = 1): void {
  if ((state.fuel -= amount) < 0) exhausted(state)
}

/** A library makes a text of so many bytes. */
export function reserve(state: State, bytes: number): void {
  if (bytes > MAX_TEXT || (state.room -= bytes) < 0) raise(state, 'not enough memory: text too long')
}

/** The table that a state has of a library. */
export function open(state: State, module: Module): Table {
  const known = state.modules.get(module)
  if (known) return known
  const table = createTable()
  state.modules.set(module, table)
  if (module.nested) table.hash = new Map([...module.entries].map(([key, value]) => [key, isModule(value) ? open(state, value) : value]))
  else {
    table.hash = module.entries as Map<Value, Value>
    table.shared = true
  }
  module.prepare?.(state, table)
  return table
}

/** The globals as a table like any other: with tables in the place of libraries. */
export function openGlobals(state: State): Table {
  const { globals } = state
  if (!state.opened) {
    state.opened = true
    globals.hash = new Map([...globals.hash!].map(([key, value]) => [key, isModule(value) ? openGlobal(state, value) : value]))
    globals.shared = false
  }
  return globals
}

/** `_G` among the globals. */
export const GLOBALS = createModule({})
export const openGlobal = (state: State, module: Module): Table => (module === GLOBALS ? openGlobals(state) : open(state, module))
