/** Functions that templates call, with the types that Go declares for their parameters. */
import type { Dict, Value } from './value.ts'

interface Types {
  any: Value
  string: string
  /** Go's int and int64: one type here. */
  int: bigint
  float: number
  bool: boolean
  dict: Dict
  time: Date
}
export type Type = keyof Types

export interface TemplateFunction {
  parameters: readonly Type[]
  /** The type of what may follow, any number of them. */
  rest: Type | null
  call(args: readonly Value[]): Value
}
export type Functions = { readonly [name: string]: TemplateFunction }

type Arguments<P extends readonly Type[]> = { -readonly [I in keyof P]: Types[P[I]] }

export const fn = <const P extends readonly Type[]>(parameters: P, call: (...args: Arguments<P>) => Value): TemplateFunction => ({
  parameters,
  rest: null,
  call: (args) => call(...(args as Arguments<P>)),
})

export const variadic = <const P extends readonly Type[], R extends Type>(parameters: P, rest: R, call: (...args: [...Arguments<P>, ...Types[R][]]) => Value): TemplateFunction => ({
  parameters,
  rest,
  call: (args) => call(...(args as [...Arguments<P>, ...Types[R][]])),
})

/** Go's name of a parameter's type, for messages. */
export const TYPE_NAMES: { readonly [T in Type]: string } = {
  any: 'interface {}',
  string: 'string',
  int: 'int',
  float: 'float64',
  bool: 'bool',
  dict: 'map[string]interface {}',
  time: 'time.Time',
}
