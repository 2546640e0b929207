/** Does the expression mean something? cel-go's checker (checker/checker.go): names, functions and types. KrakenD skips what does not pass. */
import type { Expr } from './parse.ts'
import { type Library, TYPES } from './library.ts'
import { assignAll, type Bindings, BOOL, BYTES, DOUBLE, DYN, ERROR, INT, isOpen, isSame, listOf, mapOf, moreGeneral, NULL, param, show, STRING, substitute, type Type, typeOf, UINT } from './types.ts'

export interface Names {
  variables: ReadonlyMap<string, Type>
  functions: Library
}
export interface Complaint {
  id: bigint
  message: string
}
export interface Checked {
  type: Type
  complaints: readonly Complaint[]
  /** Selections that are names, `google.protobuf.Timestamp`: by their id. */
  qualified: ReadonlyMap<bigint, string>
}
type Scope = ReadonlyMap<string, Type>

const OPERATORS: { readonly [name: string]: string } = { '@in': 'in', '_[_]': '[]', '_?_:_': '?:' }
const shownName = (name: string): string => OPERATORS[name] ?? name.replaceAll('_', '')

export function checkExpression(root: Expr, { variables, functions }: Names): Checked {
  let bindings: Bindings = new Map()
  let fresh = 0
  const complaints: Complaint[] = []
  const qualified = new Map<bigint, string>()
  const newParameter = (): Type => param(`_${fresh++}`)
  const complain = (id: bigint, message: string): Type => {
    complaints.push({ id, message })
    return ERROR
  }
  const assign = (from: readonly Type[], to: readonly Type[]): boolean => {
    const found = assignAll(bindings, from, to)
    bindings = found ?? bindings
    return found !== null
  }
  const typeOfName = (name: string, scope: Scope): Type | undefined => {
    const type = TYPES.get(name)
    return scope.get(name) ?? variables.get(name) ?? (type && typeOf(type))
  }
  const type = check(root, new Map())
  return { type: substitute(bindings, type, true), complaints, qualified }

  function check({ id, exprKind }: Expr, scope: Scope): Type {
    const { case: kind, value } = exprKind
    if (kind === 'constExpr') return CONSTANTS[value.constantKind.case ?? ''] ?? ERROR
    if (kind === 'identExpr') return typeOfName(value.name.replace(/^\./, ''), value.name.startsWith('.') ? new Map() : scope) ?? complain(id, `undeclared reference to '${value.name}'`)
    if (kind === 'selectExpr') return checkSelect(id, value, scope)
    if (kind === 'callExpr') return checkCall(id, value, scope)
    if (kind === 'listExpr') return listOf(value.elements.reduce<Type | null>((joined, item) => join(joined, check(item, scope)), null) ?? newParameter())
    if (kind === 'structExpr') return checkMap(id, value, scope)
    if (kind === 'comprehensionExpr') return checkComprehension(value, scope)
    return complain(id, 'nothing stands here')
  }

  function checkSelect(id: bigint, select: Select, scope: Scope): Type {
    const name = select.testOnly ? null : dottedName(select)
    const named = name === null || scope.has(name.split('.')[0]!) ? undefined : typeOfName(name, new Map())
    if (named) {
      qualified.set(id, name!)
      return named
    }
    const operand = substitute(bindings, check(select.operand!, scope))
    let field = DYN
    if (operand.kind === 'map') field = operand.inner[1]!
    else if (operand.kind === 'param') assign([DYN], [operand])
    else if (!isOpen(operand)) complain(id, `type '${show(operand)}' does not support field selection`)
    return select.testOnly ? BOOL : substitute(bindings, field)
  }

  function checkCall(id: bigint, { function: name, target, args }: Call, scope: Scope): Type {
    const types = args.map((arg) => check(arg, scope))
    const all = target ? [check(target, scope), ...types] : types
    const overloads = Object.hasOwn(functions, name) ? functions[name]! : null
    if (!overloads) return complain(id, `undeclared reference to '${name}'`)
    let result: Type | null = null
    for (const { member, takes, gives } of overloads) {
      if (member !== (target !== undefined)) continue
      const own: Bindings = new Map(['A', 'B'].map((letter) => [letter, newParameter()]))
      if (!assign(all, takes.map((type) => substitute(own, type)))) continue
      const given = substitute(bindings, substitute(own, gives))
      if (result === null) result = given
      else if (result.kind !== 'dyn' && !isSame(result, given)) result = DYN
    }
    const shown = all.map((type) => show(substitute(bindings, type, true)))
    return result ?? complain(id, `found no matching overload for '${shownName(name)}' applied to '${target ? `${shown[0]}.` : ''}(${shown.slice(target ? 1 : 0).join(', ')})'`)
  }

  function checkMap(id: bigint, { messageName, entries }: Struct, scope: Scope): Type {
    if (messageName) return complain(id, `undeclared reference to '${messageName}'`)
    let key: Type | null = null
    let value: Type | null = null
    for (const entry of entries) {
      if (entry.keyKind.case !== 'mapKey') continue
      key = join(key, check(entry.keyKind.value, scope))
      value = join(value, check(entry.value!, scope))
    }
    return mapOf(key ?? newParameter(), value ?? newParameter())
  }

  /** Elements of several types make a list of any. */
  function join(previous: Type | null, current: Type): Type {
    if (previous === null) return current
    return assign([previous], [current]) ? moreGeneral(previous, current) : DYN
  }

  function checkComprehension(loop: Comprehension, scope: Scope): Type {
    const range = substitute(bindings, check(loop.iterRange!, scope))
    const accumulated = check(loop.accuInit!, scope)
    if (range.kind === 'param') assign([DYN], [range])
    else if (range.kind !== 'list' && range.kind !== 'map' && !isOpen(range)) complain(loop.iterRange!.id, `expression of type '${show(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`)
    const item = range.kind === 'list' || range.kind === 'map' ? range.inner[0]! : DYN
    const around: Scope = new Map([...scope, [loop.accuVar, accumulated]])
    const inside: Scope = new Map([...around, [loop.iterVar, item]])
    expect(loop.loopCondition!, BOOL, inside)
    expect(loop.loopStep!, accumulated, inside)
    return substitute(bindings, check(loop.result!, around))
  }

  function expect(expr: Expr, wanted: Type, scope: Scope): void {
    const found = check(expr, scope)
    if (!assign([wanted], [found])) complain(expr.id, `expected type '${show(substitute(bindings, wanted, true))}' but found '${show(substitute(bindings, found, true))}'`)
  }
}

type Kind<C extends string> = Extract<Expr['exprKind'], { case: C }> extends { value: infer V } ? V : never
export type Select = Kind<'selectExpr'>
export type Call = Kind<'callExpr'>
export type Struct = Kind<'structExpr'>
export type Comprehension = Kind<'comprehensionExpr'>

const CONSTANTS: { readonly [kind: string]: Type } = { boolValue: BOOL, bytesValue: BYTES, doubleValue: DOUBLE, int64Value: INT, nullValue: NULL, stringValue: STRING, uint64Value: UINT }

/** `a.b.c`; null where something else stands within. */
function dottedName({ operand, field }: Select): string | null {
  const kind = operand!.exprKind
  if (kind.case === 'identExpr') return `${kind.value.name}.${field}`
  const before = kind.case === 'selectExpr' && !kind.value.testOnly ? dottedName(kind.value) : null
  return before && `${before}.${field}`
}
