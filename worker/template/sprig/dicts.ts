/** Sprig's dictionaries. Go gives keys in no order at all; here they are sorted. */
import { CallError } from '../error.ts'
import { fn, type Functions, variadic } from '../function.ts'
import { type Dict, isDict, isList, isTrue, sortedKeys, type Value } from '../value.ts'
import { textOf } from './text.ts'

function dict(...items: readonly Value[]): Dict {
  const made: Dict = new Map()
  for (let i = 0; i < items.length; i += 2) made.set(textOf(items[i]), i + 1 < items.length ? items[i + 1] : '')
  return made
}

/** mergo: fills what is empty; `overwrites`: whatever the other has counts. */
function merge(target: Dict, sources: readonly Dict[], overwrites: boolean): Dict {
  for (const source of sources) {
    for (const [key, value] of source) {
      const own = target.get(key)
      if (isDict(own) && isDict(value)) merge(own, [value], overwrites)
      else if (overwrites || (!target.has(key) && value !== null) || (!isTrue(own) && isTrue(value))) target.set(key, value)
    }
  }
  return target
}

function copy(value: Value): Value {
  if (value === null) throw new CallError('deepCopy error: there is nothing to copy')
  return deepCopy(value)
}

function deepCopy(value: Value): Value {
  if (isList(value)) return value.map(deepCopy)
  return isDict(value) ? new Map([...value].map(([key, item]) => [key, deepCopy(item)])) : value
}

/** dig "a" "b" fallback dict */
function dig(...args: readonly Value[]): Value {
  if (args.length < 3) throw new CallError('dig needs at least three arguments')
  let found: Value = args.at(-1)
  for (const key of args.slice(0, -2)) {
    if (!isDict(found) || typeof key !== 'string') throw new CallError('interface conversion: interface {} is not map[string]interface {}')
    if (!found.has(key)) return args.at(-2)
    found = found.get(key)
  }
  return found
}

function unset(from: Dict, key: string): Dict {
  from.delete(key)
  return from
}

const pick = (from: Dict, keeps: (key: string) => boolean): Dict => new Map([...from].filter(([key]) => keeps(key)))

export const dictFunctions: Functions = {
  dict: variadic([], 'any', dict),
  get: fn(['dict', 'string'], (from, key) => (from.has(key) ? from.get(key) : '')),
  set: fn(['dict', 'string', 'any'], (into, key, value) => into.set(key, value)),
  unset: fn(['dict', 'string'], unset),
  hasKey: fn(['dict', 'string'], (from, key) => from.has(key)),
  pluck: variadic(['string'], 'dict', (key, ...dicts) => dicts.filter((from) => from.has(key)).map((from) => from.get(key))),
  keys: variadic([], 'dict', (...dicts) => dicts.flatMap(sortedKeys)),
  values: fn(['dict'], (from) => sortedKeys(from).map((key) => from.get(key))),
  pick: variadic(['dict'], 'string', (from, ...keys) => pick(from, (key) => keys.includes(key))),
  omit: variadic(['dict'], 'string', (from, ...keys) => pick(from, (key) => !keys.includes(key))),
  merge: variadic(['dict'], 'dict', (target, ...sources) => merge(target, sources, false)),
  mustMerge: variadic(['dict'], 'dict', (target, ...sources) => merge(target, sources, false)),
  mergeOverwrite: variadic(['dict'], 'dict', (target, ...sources) => merge(target, sources, true)),
  mustMergeOverwrite: variadic(['dict'], 'dict', (target, ...sources) => merge(target, sources, true)),
  deepCopy: fn(['any'], copy),
  mustDeepCopy: fn(['any'], copy),
  dig: variadic([], 'any', dig),
}
