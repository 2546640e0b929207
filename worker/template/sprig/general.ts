/** Sprig's defaults, choices and types. */
import { CallError } from '../error.ts'
import { fn, type Functions, variadic } from '../function.ts'
import { equal, isTrue, kindOf, typeOf } from '../value.ts'

export const generalFunctions: Functions = {
  default: variadic(['any'], 'any', (otherwise, ...given) => (isTrue(given[0]) ? given[0] : otherwise)),
  empty: fn(['any'], (value) => !isTrue(value)),
  coalesce: variadic([], 'any', (...values) => values.find(isTrue) ?? null),
  all: variadic([], 'any', (...values) => values.every(isTrue)),
  any: variadic([], 'any', (...values) => values.some(isTrue)),
  ternary: fn(['any', 'any', 'bool'], (yes, no, condition) => (condition ? yes : no)),
  typeOf: fn(['any'], typeOf),
  typeIs: fn(['string', 'any'], (name, value) => typeOf(value) === name),
  typeIsLike: fn(['string', 'any'], (name, value) => typeOf(value) === name || typeOf(value) === `*${name}`),
  kindOf: fn(['any'], kindOf),
  kindIs: fn(['string', 'any'], (name, value) => kindOf(value) === name),
  deepEqual: fn(['any', 'any'], equal),
  fail: fn(['string'], (message) => {
    throw new CallError(message)
  }),
}
