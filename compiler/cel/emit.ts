/**
 * A checked expression → JavaScript. Workers know no eval, so it is emitted with the gateway: `() => (v) => …`, where v gives a variable's
 * value. r are the operators (worker/cel/operators.ts), m has compilePattern for patterns that come with the request, x further functions.
 */
import { compileRegexp } from '../regexp.ts'
import type { Call, Checked, Comprehension, Select } from './check.ts'
import type { Expr } from './parse.ts'
import { TYPES } from './library.ts'

export interface Emitted {
  text: string
  /** It matches a pattern that is not written in the expression. */
  dynamic: boolean
  /** Constant patterns that are none: where they stand, and why. */
  badPatterns: readonly { id: bigint; message: string }[]
}

/** Names of CEL → names of worker/cel/operators.ts. Others are the same in both. */
const NAMES: { readonly [name: string]: string } = {
  '!_': 'not', '_==_': 'equal', '_!=_': 'differ', '_<_': 'less', '_<=_': 'lessOrEqual', '_>_': 'greater', '_>=_': 'greaterOrEqual',
  '_+_': 'add', '_-_': 'subtract', '_*_': 'multiply', '_/_': 'divide', '_%_': 'modulo', '-_': 'negate', '_[_]': 'index', '@in': 'isIn',
}

/** Names of a loop's variables → expressions that read them. */
type Locals = ReadonlyMap<string, string>

export function emitExpression(root: Expr, { qualified }: Checked, further: ReadonlySet<string>): Emitted {
  const patterns: string[] = []
  const badPatterns: { id: bigint; message: string }[] = []
  let dynamic = false
  let loops = 0
  const body = emit(root, new Map())
  const constants = patterns.map((pattern, i) => `const p${i} = r.pattern(${pattern});`).join('')
  return { text: constants ? `() => { ${constants} return (v) => ${body} }` : `() => (v) => ${body}`, dynamic, badPatterns }

  function emit({ id, exprKind }: Expr, locals: Locals): string {
    const { case: kind, value } = exprKind
    if (kind === 'constExpr') return constant(value.constantKind)
    if (kind === 'identExpr') return locals.get(value.name) ?? name(value.name.replace(/^\./, ''))
    if (kind === 'selectExpr') return qualified.has(id) ? name(qualified.get(id)!) : select(value, locals)
    if (kind === 'callExpr') return call(id, value, locals)
    if (kind === 'listExpr') return `[${value.elements.map((item) => emit(item, locals)).join(', ')}]`
    if (kind === 'comprehensionExpr') return loop(value, locals)
    if (kind !== 'structExpr') throw new Error('an expression that does not check is not emitted')
    return `r.map(${value.entries.map(({ keyKind, value: item }) => `[${emit(keyKind.value as Expr, locals)}, ${emit(item!, locals)}]`).join(', ')})`
  }

  function name(text: string): string {
    return TYPES.has(text) ? `r.typeOf(${quote(text)})` : `v(${quote(text)})`
  }

  function select({ operand, field, testOnly }: Select, locals: Locals): string {
    return `r.${testOnly ? 'has' : 'select'}(${emit(operand!, locals)}, ${quote(field)})`
  }

  function call(id: bigint, { function: called, target, args }: Call, locals: Locals): string {
    const all = target ? [target, ...args] : args
    const [a, b] = all
    const later = (expr: Expr): string => `() => ${emit(expr, locals)}`
    if (called === '_&&_') return `r.and(${later(a!)}, ${later(b!)})`
    if (called === '_||_') return `r.or(${later(a!)}, ${later(b!)})`
    if (called === '_?_:_') return `(r.isTrue(${emit(a!, locals)}) ? ${emit(b!, locals)} : ${emit(all[2]!, locals)})`
    if (called === '@not_strictly_false') return `r.notStrictlyFalse(${later(a!)})`
    if (called === 'matches' && !further.has(called)) return matches(id, a!, b!, locals)
    const given = all.map((arg) => emit(arg, locals))
    if (further.has(called)) return `x.${called}(${['v', ...given].join(', ')})`
    return `r.${NAMES[called] ?? called}(${given.join(', ')})`
  }

  function matches(id: bigint, text: Expr, pattern: Expr, locals: Locals): string {
    const source = constantText(pattern)
    if (source === null) {
      dynamic = true
      return `r.matches(${emit(text, locals)}, ${emit(pattern, locals)}, m.compilePattern)`
    }
    const compiled = compileRegexp(source)
    if ('error' in compiled) badPatterns.push({ id, message: compiled.error })
    return `p${patterns.push('error' in compiled ? 'null' : JSON.stringify(compiled.program)) - 1}(${emit(text, locals)})`
  }

  function loop({ iterRange, accuInit, accuVar, iterVar, loopCondition, loopStep, result }: Comprehension, locals: Locals): string {
    const number = loops++
    const [item, sum] = [`i${number}`, `s${number}`]
    const around: Locals = new Map([...locals, [accuVar, `r.read(${sum})`]])
    const inside: Locals = new Map([...around, [iterVar, item]])
    const step = emitStep(loopStep!, accuVar, inside)
    return `r.fold(${emit(iterRange!, locals)}, ${emit(accuInit!, locals)}, (${item}, ${sum}) => ${emit(loopCondition!, inside)}, (${item}, ${sum}) => ${step}, (${sum}) => ${emit(result!, around)})`
  }

  /** map and filter put an item behind the list so far: in place, since nobody else has that list. */
  function emitStep(step: Expr, accuVar: string, locals: Locals): string {
    const { case: kind, value } = step.exprKind
    if (kind !== 'callExpr') return emit(step, locals)
    const [a, b, c] = value.args
    if (value.function === '_?_:_') return `(r.isTrue(${emit(a!, locals)}) ? ${emitStep(b!, accuVar, locals)} : ${emit(c!, locals)})`
    const grows = value.function === '_+_' && a!.exprKind.case === 'identExpr' && a!.exprKind.value.name === accuVar && b!.exprKind.case === 'listExpr' && b!.exprKind.value.elements.length === 1
    return grows ? `r.append(${emit(a!, locals)}, ${emit((b!.exprKind.value as { elements: Expr[] }).elements[0]!, locals)})` : emit(step, locals)
  }
}

type Constant = Extract<Expr['exprKind'], { case: 'constExpr' }>['value']['constantKind']

function constant({ case: kind, value }: Constant): string {
  if (kind === 'stringValue') return quote(value)
  if (kind === 'int64Value') return value < 0n ? `(${value}n)` : `${value}n`
  if (kind === 'uint64Value') return `r.uintOf(${value}n)`
  if (kind === 'doubleValue') return Object.is(value, -0) ? '(-0)' : value < 0 ? `(${value})` : String(value)
  if (kind === 'bytesValue') return `r.bytesOf(${value.join(', ')})`
  return kind === 'boolValue' ? String(value) : 'null'
}

const quote = (text: string): string => JSON.stringify(text)

/** A text that is written in the expression. */
function constantText({ exprKind }: Expr): string | null {
  const found = exprKind.case === 'constExpr' ? exprKind.value.constantKind : null
  return found?.case === 'stringValue' ? found.value : null
}
