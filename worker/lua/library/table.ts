/** The table library as gopher-lua has it: it works on the list, gaps and all. */
import { firstOf, invoke, plainText } from '../operate.ts'
import { lt } from '../operator.ts'
import { raise, reserve, type State, spend } from '../state.ts'
import { finish, runThrough } from '../suspend.ts'
import { createModule, type Fn, lengthOf, NONE, rawSet, type Result, truthy, typeOf, type Value } from '../value.ts'
import { anyOf, functionOf, integerOf, optionalInteger, optionalText, tableOf } from './arguments.ts'

const insert: Fn = (state, ...given) => {
  const table = tableOf(state, given, 1, 'insert')
  if (given.length === 1) raise(state, 'wrong number of arguments')
  if (given.length === 2) {
    if (given[1] !== undefined) table.list[lengthOf(table)] = given[1]
    return NONE
  }
  const at = integerOf(state, given, 2, 'insert')
  const value = anyOf(state, given, 3, 'insert')
  if (at > table.list.length || at <= 0) rawSet(table, at, value)
  else table.list.splice(at - 1, 0, value)
  return NONE
}

const remove: Fn = (state, ...given) => {
  const { list } = tableOf(state, given, 1, 'remove')
  const at = (given.length === 1 ? -1 : integerOf(state, given, 2, 'remove')) - 1
  if (!list.length || at >= list.length) return undefined
  return at < 0 ? list.pop() : list.splice(at, 1)[0]
}

const join: Fn = (state, ...given) => {
  const table = tableOf(state, given, 1, 'concat')
  const separator = optionalText(state, given, 2, 'concat', '')
  const length = lengthOf(table)
  const from = optionalInteger(state, given, 3, 'concat', 1)
  const to = Math.min(optionalInteger(state, given, 4, 'concat', length), length)
  if (given.length === 3 && (from > length || from < 1)) return ''
  const pieces: string[] = []
  let size = 0
  let last: Value
  for (let i = Math.max(Math.min(from, length), 1); i <= to; i++) {
    const value = table.list[i - 1]
    if (typeof value !== 'string' && typeof value !== 'number') raise(state, `invalid value (${typeOf(value)}) at index ${i} in table for concat`)
    const text = plainText(value)
    size += text.length + separator.length
    pieces.push(text)
    last = value
  }
  reserve(state, size)
  spend(state, pieces.length >> 2)
  // gopher-lua leaves a number that stands alone a number.
  return pieces.length === 1 ? last : pieces.join(separator)
}

const sort: Fn = (state, ...given) => {
  const { list } = tableOf(state, given, 1, 'sort')
  const less = given.length === 1 ? null : functionOf(state, given, 2, 'sort')
  const steps = mergeSort(state, list, less)
  return state.waits ? steps : runThrough(steps)
}

/** Stable, and in at most n log n comparisons whatever the script's function says. */
function* mergeSort(state: State, list: Value[], less: Fn | null): Generator<unknown, Result, unknown> {
  let from = list.slice()
  let to = list.slice()
  for (let width = 1; width < list.length; width *= 2) {
    for (let start = 0; start < list.length; start += 2 * width) {
      const middle = Math.min(start + width, list.length)
      const end = Math.min(start + 2 * width, list.length)
      let left = start
      let right = middle
      for (let i = start; i < end; i++) {
        spend(state)
        const takesRight = left >= middle || (right < end && (yield* isLess(state, less, from[right], from[left])))
        to[i] = takesRight ? from[right++] : from[left++]
      }
    }
    const sorted = to
    to = from
    from = sorted
  }
  for (const [i, value] of from.entries()) list[i] = value
  return NONE
}

function* isLess(state: State, less: Fn | null, a: Value, b: Value): Generator<unknown, boolean, unknown> {
  return truthy(firstOf(yield* finish(less ? invoke(state, less, a, b) : lt(state, a, b))))
}

export const TABLE = createModule({
  concat: join,
  getn: (state, ...given) => lengthOf(tableOf(state, given, 1, 'getn')),
  insert,
  maxn: (state, ...given) => lengthOf(tableOf(state, given, 1, 'maxn')),
  remove,
  sort,
})

