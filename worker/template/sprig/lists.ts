/** Sprig's lists. */
import { CallError } from '../error.ts'
import { fn, type Functions, type TemplateFunction, variadic } from '../function.ts'
import { byBytes, equal, isList, isTrue, kindOf, type Value } from '../value.ts'
import { toInt } from './numbers.ts'
import { textOf, textsOf } from './text.ts'

/** A list, or the error that says what it is instead. */
function listOf(value: Value, problem: string): readonly Value[] {
  if (isList(value)) return value
  throw new CallError(value === null || value === undefined ? 'runtime error: invalid memory address or nil pointer dereference' : `${problem} ${kindOf(value)}`)
}

const has = (list: readonly Value[], item: Value): boolean => list.some((other) => equal(item, other))
const uniq = (list: readonly Value[]): Value[] => list.reduce<Value[]>((kept, item) => (has(kept, item) ? kept : [...kept, item]), [])

function slice(list: Value, ...indices: readonly Value[]): Value {
  const items = listOf(list, 'list should be type of slice or array but')
  if (!items.length) return null
  const [from, to] = [Number(toInt(indices[0])), indices.length < 2 ? items.length : Number(toInt(indices[1]))]
  if (from < 0 || to > items.length || from > to) throw new CallError('reflect.Value.Slice: slice index out of bounds')
  return items.slice(from, to)
}

function chunk(size: bigint, list: Value): Value {
  const items = listOf(list, 'Cannot chunk type')
  if (size <= 0n) throw new CallError('runtime error: makeslice: len out of range')
  const most = Number(size)
  return Array.from({ length: Math.ceil(items.length / most) }, (_, i) => items.slice(i * most, (i + 1) * most))
}

const ONES: { readonly [name: string]: TemplateFunction } = {
  append: fn(['any', 'any'], (list, item) => [...listOf(list, 'Cannot push on type'), item]),
  push: fn(['any', 'any'], (list, item) => [...listOf(list, 'Cannot push on type'), item]),
  prepend: fn(['any', 'any'], (list, item) => [item, ...listOf(list, 'Cannot prepend on type')]),
  first: fn(['any'], (list) => listOf(list, 'Cannot find first on type')[0] ?? null),
  last: fn(['any'], (list) => listOf(list, 'Cannot find last on type').at(-1) ?? null),
  rest: fn(['any'], (list) => listOf(list, 'Cannot find rest on type').slice(1)),
  initial: fn(['any'], (list) => listOf(list, 'Cannot find initial on type').slice(0, -1)),
  reverse: fn(['any'], (list) => listOf(list, 'Cannot find reverse on type').toReversed()),
  compact: fn(['any'], (list) => listOf(list, 'Cannot compact on type').filter(isTrue)),
  uniq: fn(['any'], (list) => uniq(listOf(list, 'Cannot find uniq on type'))),
  without: variadic(['any'], 'any', (list, ...omitted) => listOf(list, 'Cannot find without on type').filter((item) => !has(omitted, item))),
  has: fn(['any', 'any'], (needle, list) => list !== null && has(listOf(list, 'Cannot find has on type'), needle)),
  slice: variadic(['any'], 'any', slice),
  chunk: fn(['int', 'any'], chunk),
}

export const listFunctions: Functions = {
  ...ONES,
  ...Object.fromEntries(Object.entries(ONES).map(([name, one]) => [`must${name[0]!.toUpperCase()}${name.slice(1)}`, one])),
  list: variadic([], 'any', (...items) => items),
  tuple: variadic([], 'any', (...items) => items),
  concat: variadic([], 'any', (...lists) => lists.flatMap((list) => listOf(list, 'Cannot concat type as list:'))),
  sortAlpha: fn(['any'], (list) => (isList(list) ? textsOf(list).toSorted(byBytes) : [textOf(list)])),
}
