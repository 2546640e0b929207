/** Where a pattern is found, with its groups: all ways through a program side by side, preferred ones first. */
import { characterAt, conditionsBetween, isWithin, NOTHING, type RegexpProgram, widthOf } from './program.ts'

/** Begin and end of the whole, then of each group; -1 where a group took no part. */
export type Match = readonly number[]
/** The leftmost match at `from` or behind it, and of those the one that Go and Perl prefer. */
export type Find = (text: string, from?: number) => Match | null

/** A way through the program: where it stands, and the groups that it found. */
interface Way {
  place: number
  slots: Match
}

export function createFind(program: RegexpProgram): Find {
  const none: Match = Array<number>(2 * program.groups + 2).fill(-1)
  return (text, from = 0) => {
    let ways: Way[] = []
    let found: Match | null = null
    let before = from === 0 ? NOTHING : characterAt(text, from - 1)
    for (let i = from; ; ) {
      const character = characterAt(text, i)
      // Whoever begins further right is preferred least.
      if (!found) ways.push({ place: program.start, slots: none.with(0, i) })
      const reached = follow(program, ways, conditionsBetween(before, character), i)
      ways = []
      for (const { place, slots } of reached) {
        const instruction = program.code[place]!
        if (instruction[0] === 'match') {
          found = slots.with(1, i)
          break
        }
        if (instruction[0] === 'one' && isWithin(instruction[2], character)) ways.push({ place: instruction[1], slots })
      }
      if (character === NOTHING || (found && !ways.length)) return found
      before = character
      i += widthOf(character)
    }
  }
}

/** Goes on from each way to where a character is asked for, or to the match. Who comes to a place second is not preferred there. */
function follow({ code }: RegexpProgram, ways: readonly Way[], conditions: number, at: number): Way[] {
  const seen = new Set<number>()
  const reached: Way[] = []
  const todo = ways.toReversed()
  for (let way = todo.pop(); way; way = todo.pop()) {
    const { place, slots } = way
    if (seen.has(place)) continue
    seen.add(place)
    const instruction = code[place]!
    if (instruction[0] === 'split') todo.push({ place: instruction[2], slots }, { place: instruction[1], slots })
    else if (instruction[0] === 'save') todo.push({ place: instruction[1], slots: slots.with(instruction[2], at) })
    else if (instruction[0] !== 'where') reached.push(way)
    else if ((instruction[2] & ~conditions) === 0) todo.push({ place: instruction[1], slots })
  }
  return reached
}
