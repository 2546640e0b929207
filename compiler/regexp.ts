/**
 * Regular expressions of the configuration: Go's syntax, read by re2js (a port of Go's own regexp) and turned into a program that
 * stands in the plan. worker/regexp/ runs it: createTest (Go's MatchString), createFind (submatches), createReplace
 * (ReplaceAllString). So any namespace that takes patterns has them linear in time and with Go's meaning, at 1 KB of run time:
 *
 *     const compiled = compileRegexp(raw.pattern)                       // config.ts
 *     if ('error' in compiled) report.warn(at, 'bad-pattern', compiled.error)
 *     const found = createTest(options.program)                         // worker.ts, in the factory
 */
import { RE2JS } from 're2js'
import type { Instruction, RegexpProgram } from '../worker/regexp/program.ts'

/** The words of `error` are Go's. */
export function compileRegexp(pattern: string): { program: RegexpProgram } | { error: string } {
  let compiled: Compiled
  try {
    compiled = RE2JS.compile(pattern)
  } catch (error) {
    return { error: (error as Error).message }
  }
  const { prog, namedGroups } = compiled.re2Input
  const skip = skipEmpty(prog.inst)
  const code = prog.inst.map((inst) => toInstruction(inst, skip))
  return { program: { code, start: skip(prog.start), groups: prog.numCap / 2 - 1, names: { ...namedGroups } } }
}

/** What re2js keeps of a compiled pattern. It is not part of its interface: its version is pinned, and regexp.test.ts compares. */
interface Compiled {
  re2Input: { prog: { inst: readonly Inst[]; start: number; numCap: number }; namedGroups: { readonly [name: string]: number } }
}
interface Inst {
  op: number
  out: number
  arg: number
  runes: ArrayLike<number>
}
/** Go's regexp/syntax, InstOp: as re2js numbers them. */
const OP = { alt: 1, altMatch: 2, capture: 3, where: 4, fail: 5, match: 6, nothing: 7, ranges: 8, one: 9, any: 10, anyButLineEnd: 11 }
const LAST = 0x10ffff

/** Instructions that do nothing are passed over. */
const skipEmpty =
  (code: readonly Inst[]) =>
  (place: number): number => {
    while (code[place]!.op === OP.nothing) place = code[place]!.out
    return place
  }

function toInstruction(inst: Inst, skip: (place: number) => number): Instruction {
  const { op, arg } = inst
  const out = (): number => skip(inst.out)
  if (op === OP.alt || op === OP.altMatch) return ['split', out(), skip(arg)]
  if (op === OP.capture) return ['save', out(), arg]
  if (op === OP.where) return ['where', out(), arg]
  if (op === OP.match) return ['match']
  // Nothing that can match, or an empty instruction that nothing leads to.
  if (op === OP.fail || op === OP.nothing) return ['one', 0, []]
  return ['one', out(), rangesOf(inst)]
}

function rangesOf({ op, arg, runes }: Inst): number[] {
  if (op === OP.any) return [0, LAST]
  if (op === OP.anyButLineEnd) return [0, 9, 11, LAST]
  if (runes.length > 1) return Array.from(runes)
  const character = runes[0]!
  return op === OP.ranges && arg & 1 ? foldsOf(character) : [character, character]
}

/** A character in its letter cases: what `(?i)` leaves out when it is told to leave out this one. */
function foldsOf(character: number): number[] {
  const { inst }: Compiled['re2Input']['prog'] = RE2JS.compile(`(?i)[^\\x{${character.toString(16)}}]`).re2Input.prog
  const others = Array.from(inst.find(({ op, runes }) => op === OP.ranges && runes.length > 1)!.runes)
  const begins = [0, ...others.filter((_, i) => i % 2 === 1).map((end) => end + 1)]
  const ends = [...others.filter((_, i) => i % 2 === 0).map((begin) => begin - 1), LAST]
  return begins.flatMap((begin, i) => (begin <= ends[i]! ? [begin, ends[i]!] : []))
}
