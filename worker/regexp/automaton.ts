/** Whether a pattern is found in a text: an automaton whose states are made as texts ask for them. */
import { conditionsBetween, isWithin, isWord, characterAt, NOTHING, type RegexpProgram, widthOf } from './program.ts'

/** Between two characters: where the program stands, and what came before, as far as its conditions can tell. */
interface State {
  places: readonly number[]
  before: number
  /** By class of character. true: found; false: not found, and the text is at its end. */
  next: Map<number, State | boolean>
}

/** More are forgotten and made again: a hostile text costs time in proportion to its length, and no memory. */
const MAX_STATES = 1000

/** Unanchored, as Go's MatchString: anchors belong to the pattern. */
export function createTest(program: RegexpProgram): (text: string) => boolean {
  const classOf = createClasses(program)
  const contextual = program.code.some(([kind]) => kind === 'where')
  let states = new Map<string, State>()
  const stateOf = (places: readonly number[], before: number): State => {
    const key = `${before}:${places.join()}`
    let state = states.get(key)
    if (state) return state
    if (states.size >= MAX_STATES) states = new Map()
    states.set(key, (state = { places, before, next: new Map() }))
    return state
  }
  const step = ({ places, before }: State, character: number): State | boolean => {
    const reached = reach(program, [...places, program.start], conditionsBetween(before, character))
    if (reached === null) return true
    if (character === NOTHING) return false
    const after = new Set<number>()
    for (const place of reached) {
      const [kind, next, ranges] = program.code[place]!
      if (kind === 'one' && isWithin(ranges, character)) after.add(next)
    }
    return stateOf([...after].toSorted((a, b) => a - b), contextual ? sampleOf(character) : 0)
  }
  return (text) => {
    let state = stateOf([], NOTHING)
    for (let i = 0; ; ) {
      const character = characterAt(text, i)
      const kind = classOf(character)
      let next = state.next.get(kind)
      if (next === undefined) state.next.set(kind, (next = step(state, character)))
      if (typeof next === 'boolean') return next
      state = next
      i += widthOf(character)
    }
  }
}

/** Instructions that wait for a character, from some places on; null: the pattern is found. */
function reach({ code }: RegexpProgram, places: readonly number[], conditions: number): Set<number> | null {
  const seen = new Set<number>()
  const todo = [...places]
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    if (seen.has(place)) continue
    seen.add(place)
    const instruction = code[place]!
    if (instruction[0] === 'match') return null
    if (instruction[0] === 'split') todo.push(instruction[2], instruction[1])
    else if (instruction[0] === 'save') todo.push(instruction[1])
    else if (instruction[0] === 'where' && (instruction[2] & ~conditions) === 0) todo.push(instruction[1])
  }
  return seen
}

/** Conditions can't tell more than these apart. */
const sampleOf = (character: number): number => (character === 10 ? 10 : isWord(character) ? 97 : 32)

/** Numbers for classes of characters that no instruction tells apart. */
function createClasses({ code }: RegexpProgram): (character: number) => number {
  // Conditions ask for line ends and words.
  const edges = new Set([NOTHING, 0, 10, 11, 48, 58, 65, 91, 95, 96, 97, 123])
  for (const [kind, , ranges] of code) {
    if (kind !== 'one') continue
    for (const [i, edge] of ranges.entries()) edges.add(i % 2 ? edge + 1 : edge)
  }
  const sorted = Int32Array.from(edges).toSorted()
  const find = (character: number): number => {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]! <= character) low = middle + 1
      else high = middle
    }
    return low
  }
  const ascii = Uint16Array.from({ length: 129 }, (_, i) => find(i - 1))
  return (character) => (character < 128 ? ascii[character + 1]! : find(character))
}
