/**
 * A backend's target, allow, deny, mapping and group as one program over the bytes of its answer: one pass validates the
 * whole text and finds the members that matter; the answer is made of spans of the text (proxy/RULES.md §3).
 * shape/data.ts does the same to parsed data; test/shape.test.ts holds them against each other.
 */
import type { JsonBody } from '../types.ts'
import { COMMA, MALFORMED, type Notes, OPEN_BRACE, QUOTE, skipColon, skipSpace, skipString, skipValue } from './scan.ts'
import { lenient } from '../utf8.ts'

/** Names and what is within them; null: the value as a whole. A list, since `__proto__` is a name like any other. */
export type Tree = readonly (readonly [name: string, inner: Tree | null])[]
export interface Shape {
  target: readonly string[]
  /** allow; where it is given, `drop` is null. */
  keep: Tree | null
  /** deny. */
  drop: Tree | null
  /** mapping, top level only. */
  rename: readonly (readonly [from: string, to: string])[]
  group: string | null
  /** Collect the names of the members that are left: a merge that does not know them needs them. */
  keys: boolean
}

interface Entry {
  name: string
  bytes: Uint8Array
  /** What happens to the value: all of it stays, all of it goes, or what is within is looked at. */
  fate: 'stays' | 'goes' | Spec
  rename: Uint8Array<ArrayBuffer> | null
  renameTo: string
}
interface Spec {
  entries: readonly Entry[]
  /** True: what no entry names stays (deny, target, mapping). */
  others: boolean
}
/** The members of one object of the text. */
interface Level {
  start: number
  end: number
  /** Four numbers a member: start of the name, start of the value, end of the value, entry or -1. */
  spans: number[]
  inner: (Level | null)[]
  alive: boolean[]
  left: number
}

const encoder = new TextEncoder()
export const EMPTY_OBJECT: JsonBody = Object.freeze({ kind: 'json', pieces: [encoder.encode('{}')], members: 0, keys: [] })

/**
 * Makes the program. It is given a whole text and the position of its first value, which is an object, and throws
 * MALFORMED where the value is none that Go could read.
 */
export function createShape(shape: Shape): (bytes: Uint8Array<ArrayBuffer>, start: number, notes: Notes) => JsonBody {
  const filters = createSpec(shape)
  const wrap = createGroup(shape.group)
  if (!filters && !shape.target.length && !shape.keys) return (bytes, start, notes) => wrap(readWhole(bytes, start, notes))
  const end = filters ?? { entries: [], others: true }
  const spec = shape.target.reduceRight<Spec>((inner, name) => ({ entries: [createEntry(name, inner)], others: true }), end)
  return (bytes, start, notes) => {
    let level: Level | null = readLevel(bytes, start, spec, notes, 1)
    for (let depth = 0; level && depth < shape.target.length; depth++) level = lastInner(level)
    return wrap(level ? write(bytes, level, end, shape.keys) : EMPTY_OBJECT)
  }
}

function readWhole(bytes: Uint8Array<ArrayBuffer>, start: number, notes: Notes): JsonBody {
  const end = skipValue(bytes, start, notes)
  const empty = bytes[skipSpace(bytes, start + 1)] === OPEN_BRACE + 2
  return { kind: 'json', pieces: [bytes.subarray(start, end)], members: empty ? 0 : 1, keys: null }
}

/** Puts an object under one name. */
export function createGroup(group: string | null): (body: JsonBody) => JsonBody {
  if (group === null) return (body) => body
  const open = encoder.encode(`{${JSON.stringify(group)}:`)
  const close = encoder.encode('}')
  return ({ pieces }) => ({ kind: 'json', pieces: [open, ...pieces, close], members: 1, keys: [group] })
}

function createSpec({ keep, drop, rename }: Shape): Spec | null {
  if (!keep && !drop && !rename.length) return null
  const spec = keep ? specOf(keep, true) : specOf(drop ?? [], false)
  const entries = [...spec.entries]
  const find = (name: string): Entry => {
    const known = entries.find((entry) => entry.name === name)
    if (known) return known
    const entry = createEntry(name, spec.others ? 'stays' : 'goes')
    entries.push(entry)
    return entry
  }
  for (const [from, to] of rename) {
    find(to)
    // KrakenD sets the new name and then deletes the old one.
    if (from === to) find(from).fate = 'goes'
    else Object.assign(find(from), { rename: encoder.encode(`${JSON.stringify(to)}:`), renameTo: to })
  }
  return { entries, others: spec.others }
}

function specOf(tree: Tree, keep: boolean): Spec {
  const entries = tree.map(([name, inner]) => createEntry(name, inner ? specOf(inner, keep) : keep ? 'stays' : 'goes'))
  return { entries, others: !keep }
}

const createEntry = (name: string, fate: Entry['fate']): Entry => ({ name, bytes: encoder.encode(name), fate, rename: null, renameTo: name })

/** Reads an object whose members `spec` sorts, the `depth`th within each other; validates all of it. */
function readLevel(b: Uint8Array, start: number, spec: Spec, notes: Notes, depth: number): Level {
  const level: Level = { start, end: 0, spans: [], inner: [], alive: [], left: 0 }
  let i = skipSpace(b, start + 1)
  if (b[i] === OPEN_BRACE + 2) {
    level.end = i + 1
    return level
  }
  for (;;) {
    if (b[i] !== QUOTE) throw MALFORMED
    const name = i
    i = skipString(b, i + 1, notes)
    const entry = findEntry(b, name + 1, i - 1, spec.entries)
    const value = (i = skipColon(b, i))
    const fate = entry < 0 ? null : spec.entries[entry]!.fate
    const inner = typeof fate === 'object' && fate && b[i] === OPEN_BRACE ? readLevel(b, i, fate, notes, depth + 1) : null
    i = inner ? inner.end : skipValue(b, i, notes, depth)
    level.spans.push(name, value, i, entry)
    level.inner.push(inner)
    i = skipSpace(b, i)
    if (b[i] === COMMA) i = skipSpace(b, i + 1)
    else if (b[i] === OPEN_BRACE + 2) break
    else throw MALFORMED
  }
  level.end = i + 1
  return level
}

function findEntry(b: Uint8Array, from: number, to: number, entries: readonly Entry[]): number {
  if (!entries.length) return -1
  if (b.subarray(from, to).includes(0x5c)) {
    const name = readName(b, from, to)
    return entries.findIndex((entry) => entry.name === name)
  }
  search: for (let e = 0; e < entries.length; e++) {
    const want = entries[e]!.bytes
    if (want.length !== to - from) continue
    for (let k = 0; k < want.length; k++) if (want[k] !== b[from + k]) continue search
    return e
  }
  return -1
}

/** A name's text; what Go would replace is replaced alike. */
function readName(b: Uint8Array, from: number, to: number): string {
  const text = lenient.decode(b.subarray(from, to))
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string).toWellFormed() : text
}

/** The object that the level's only entry holds, the last one where it is there twice. */
function lastInner(level: Level): Level | null {
  for (let k = level.inner.length - 1; k >= 0; k--) if (level.spans[4 * k + 3] === 0) return level.inner[k]!
  return null
}

function write(bytes: Uint8Array<ArrayBuffer>, level: Level, spec: Spec, keys: boolean): JsonBody {
  decide(level, spec)
  const out: Writer = { bytes, pieces: [], from: 0, to: 0 }
  writeLevel(out, level, spec)
  flush(out)
  return { kind: 'json', pieces: out.pieces, members: level.left, keys: keys ? keysOf(bytes, level, spec) : null }
}

/** Which members are left. Of names that are there twice the last counts, as in Go; allow drops what it empties. */
function decide(level: Level, spec: Spec): number {
  const seen = new Set<number>()
  for (let k = level.inner.length - 1; k >= 0; k--) {
    const index = level.spans[4 * k + 3]!
    const entry = spec.entries[index]
    const inner = level.inner[k]
    let alive = spec.others
    if (entry) {
      const fate = entry.fate
      if (typeof fate === 'object') {
        const left = inner ? decide(inner, fate) : 0
        alive = fate.others || left > 0
      } else alive = fate === 'stays'
      alive &&= !seen.has(index)
      seen.add(index)
    }
    level.alive[k] = alive
  }
  for (const [index, entry] of spec.entries.entries()) if (entry.rename && isAlive(level, index)) overwrite(level, spec, entry)
  return (level.left = level.alive.reduce((count, alive) => count + (alive ? 1 : 0), 0))
}

const isAlive = (level: Level, entry: number): boolean => level.alive.some((alive, k) => alive && level.spans[4 * k + 3] === entry)

/** A member that takes the name of another takes its place. */
function overwrite(level: Level, spec: Spec, by: Entry): void {
  for (let k = 0; k < level.alive.length; k++) {
    const entry = spec.entries[level.spans[4 * k + 3]!]
    if (entry && entry !== by && entry.name === by.renameTo && !entry.rename) level.alive[k] = false
  }
}

/** Spans that follow each other in the text become one piece. */
interface Writer {
  bytes: Uint8Array<ArrayBuffer>
  pieces: Uint8Array<ArrayBuffer>[]
  from: number
  to: number
}

function span(out: Writer, from: number, to: number): void {
  if (from !== out.to) {
    flush(out)
    out.from = from
  }
  out.to = to
}

function literal(out: Writer, piece: Uint8Array<ArrayBuffer>): void {
  flush(out)
  out.from = out.to = -1
  out.pieces.push(piece)
}

function flush(out: Writer): void {
  if (out.to > out.from) out.pieces.push(out.bytes.subarray(out.from, out.to))
  out.from = out.to
}

function writeLevel(out: Writer, level: Level, spec: Spec): void {
  const { spans, alive } = level
  span(out, level.start, level.start + 1)
  let behind = level.start + 1
  let previous = -1
  for (let k = 0; k < alive.length; k++) {
    if (!alive[k]) continue
    const [name, value, end, index] = [spans[4 * k]!, spans[4 * k + 1]!, spans[4 * k + 2]!, spans[4 * k + 3]!]
    if (previous === k - 1) span(out, behind, name)
    else if (previous >= 0) {
      const comma = skipSpace(out.bytes, behind)
      span(out, comma, comma + 1)
    }
    const entry = spec.entries[index]
    if (entry?.rename) literal(out, entry.rename)
    else span(out, name, value)
    const inner = level.inner[k]
    if (inner && entry) writeLevel(out, inner, entry.fate as Spec)
    else span(out, value, end)
    behind = end
    previous = k
  }
  span(out, previous === alive.length - 1 ? behind : level.end - 1, level.end)
}

function keysOf(bytes: Uint8Array, level: Level, spec: Spec): string[] {
  const keys: string[] = []
  for (let k = 0; k < level.alive.length; k++) {
    if (!level.alive[k]) continue
    const entry = spec.entries[level.spans[4 * k + 3]!]
    const name = level.spans[4 * k]!
    keys.push(entry ? entry.renameTo : readName(bytes, name + 1, skipString(bytes, name + 1, IGNORED) - 1))
  }
  return keys
}

const IGNORED: Notes = { beyondAscii: false, loneSurrogate: false }
