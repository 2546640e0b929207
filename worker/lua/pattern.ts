/**
 * Lua's patterns as gopher-lua matches them (its package pm): compiled to a few instructions, run with a list of places to go back
 * to instead of recursion. Work is counted, so that a pattern that explodes ends as an error.
 */
import { type Class, compile, type Pattern, type Step } from './pattern-program.ts'
import { raise, type State, spend } from './state.ts'

/** Slots 2n and 2n+1 are capture n's begin and end, 0 the whole. A position has its end as -1. */
export type Match = readonly number[]
export const isPosition = (match: Match, slot: number): boolean => match[slot + 1] === -1

/** What a search costs before it has begun, in turns of a loop. */
const CALL_COST = 10

/** Matches from `start` on, at most so many (-1: all). */
export function find(state: State, pattern: string, text: string, start: number, limit: number): Match[] {
  spend(state, CALL_COST)
  const compiled = compile(state, pattern)
  const matches: Match[] = []
  for (let at = start; at <= text.length; ) {
    spend(state)
    const match = run(state, compiled, text, at)
    at++
    if (match) {
      at = Math.max(at, match[1]!)
      matches.push(match)
    }
    if (matches.length === limit || compiled.anchored) break
  }
  return matches
}

/** Where to go on if the rest does not match: the step, the place, and how far the place may still go; or a slot to be put back. */
interface Resume {
  step: number
  at: number
  least: number
  slot: number
  saved: number
}

/** Work is counted in portions: four characters are as much as a turn of a loop. */
const PORTION = 64

function run(state: State, { steps }: Pattern, text: string, start: number): Match | null {
  const slots: number[] = []
  const back: Resume[] = []
  let step = 0
  let at = start
  let work = 0
  for (;;) {
    if (step === steps.length) return slots
    if (++work >= PORTION) {
      spend(state, work >> 2)
      work = 0
    }
    const current = steps[step]!
    let matched = true
    if (current.op === 'class') {
      matched = at < text.length && current.matches(text.charCodeAt(at))
      at++
    } else if (current.op === 'repeat') {
      const most = current.lazy ? current.least : count(text, at, current)
      work += most
      matched = most >= current.least
      if (matched && (current.lazy || most > current.least)) back.push({ step, at: at + most, least: at + current.least, slot: -1, saved: 0 })
      at += most
    } else if (current.op === 'save') {
      back.push({ step, at, least: 0, slot: current.slot, saved: slots[current.slot] ?? 0 })
      slots[current.slot] = at
    } else if (current.op === 'position') {
      slots[current.slot] = at + 1
      slots[current.slot + 1] = -1
    } else if (current.op === 'balance') {
      at = closing(text, at, current.open, current.close)
      matched = at >= 0
    } else if (current.op === 'end') matched = at >= text.length
    else {
      const length = captured(state, slots, current.slot, text, at)
      matched = length >= 0
      at += length
    }
    if (matched) {
      step++
      continue
    }
    const resumed = goBack(steps, back, slots, text)
    if (!resumed) return null
    step = resumed.step
    at = resumed.at
  }
}

function count(text: string, from: number, { matches, most }: { matches: Class; most: number }): number {
  let at = from
  while (at < text.length && at - from < most && matches(text.charCodeAt(at))) at++
  return at - from
}

/** The last place from which another way is left. */
function goBack(steps: readonly Step[], back: Resume[], slots: number[], text: string): { step: number; at: number } | null {
  for (let last = back.at(-1); last; last = back.at(-1)) {
    if (last.slot >= 0) {
      slots[last.slot] = last.saved
      back.pop()
      continue
    }
    const { matches, lazy } = steps[last.step] as { matches: Class; lazy: boolean }
    if (lazy) {
      if (last.at < text.length && matches(text.charCodeAt(last.at))) return { step: last.step + 1, at: ++last.at }
      back.pop()
      continue
    }
    last.at--
    if (last.at === last.least) back.pop()
    return { step: last.step + 1, at: last.at }
  }
  return null
}

/** Behind the text between two characters that balance; -1: there is none. */
function closing(text: string, from: number, open: number, close: number): number {
  if (text.charCodeAt(from) !== open) return -1
  let depth = 1
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === close) depth--
    if (depth === 0) return at + 1
    if (code === open) depth++
  }
  return -1
}

/** How long the capture is if it stands here once more; -1: it does not. */
function captured(state: State, slots: readonly number[], slot: number, text: string, at: number): number {
  if (slot >= slots.length - 1) raise(state, 'invalid capture index')
  const capture = text.slice(slots[slot], slots[slot + 1])
  return text.startsWith(capture, at) ? capture.length : -1
}
