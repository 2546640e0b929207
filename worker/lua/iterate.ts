/** Loops over pairs and ipairs go through the table themselves, without a call a turn. */
import { ipairsStep, pairsStep } from './library/base.ts'
import { isTable, type Table, type Value } from './value.ts'

export interface Turns {
  key: Value
  value: Value
  /** false: the loop is over. */
  step(): boolean
}

/** null: an iterator of the script's own. */
export function iterate(callee: Value, over: Value, control: Value): Turns | null {
  if (!isTable(over)) return null
  if (callee === pairsStep && control === undefined) return overPairs(over)
  return callee === ipairsStep && control === 0 ? overList(over) : null
}

function overList(table: Table): Turns {
  let at = 0
  const turns: Turns = {
    key: 0,
    value: undefined,
    step() {
      turns.value = table.list[at]
      turns.key = ++at
      return turns.value !== undefined
    },
  }
  return turns
}

/** Each loop has its own place in the keys: those that are set to nil on the way are passed over. */
function overPairs(table: Table): Turns {
  let at = 0
  let keys: Iterator<Value> | null = null
  const turns: Turns = {
    key: undefined,
    value: undefined,
    step() {
      for (; at < table.list.length; at++) {
        if (table.list[at] === undefined) continue
        turns.value = table.list[at]
        turns.key = ++at
        return true
      }
      keys ??= table.hash ? table.hash.keys() : [][Symbol.iterator]()
      for (let step = keys.next(); !step.done; step = keys.next()) {
        turns.key = step.value
        turns.value = table.hash!.get(step.value)
        if (turns.value !== undefined) return true
      }
      return false
    },
  }
  return turns
}
