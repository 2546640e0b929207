/** CEL's types, and when a value of one may stand for another: as cel-go's checker has it (checker/types.go). */
export interface Type {
  kind: 'bool' | 'bytes' | 'double' | 'duration' | 'dyn' | 'error' | 'int' | 'list' | 'map' | 'null' | 'param' | 'string' | 'timestamp' | 'type' | 'uint'
  /** Of a list, a map, a type. */
  inner: readonly Type[]
  /** Of a parameter. */
  name: string
}

const plain = (kind: Type['kind']): Type => ({ kind, inner: [], name: '' })
export const BOOL = plain('bool')
export const BYTES = plain('bytes')
export const DOUBLE = plain('double')
export const DURATION = plain('duration')
export const DYN = plain('dyn')
export const ERROR = plain('error')
export const INT = plain('int')
export const NULL = plain('null')
export const STRING = plain('string')
export const TIMESTAMP = plain('timestamp')
export const UINT = plain('uint')
export const listOf = (item: Type): Type => ({ kind: 'list', inner: [item], name: '' })
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', inner: [key, value], name: '' })
export const typeOf = (type: Type): Type => ({ kind: 'type', inner: [type], name: '' })
export const param = (name: string): Type => ({ kind: 'param', inner: [], name })

/** What stands for the parameters found so far. */
export type Bindings = ReadonlyMap<string, Type>

export const isSame = (a: Type, b: Type): boolean => a.kind === b.kind && a.name === b.name && a.inner.length === b.inner.length && a.inner.every((type, i) => isSame(type, b.inner[i]!))
export const isOpen = ({ kind }: Type): boolean => kind === 'dyn' || kind === 'error'

export function show({ kind, inner, name }: Type): string {
  if (kind === 'param') return name
  return inner.length ? `${kind}(${inner.map(show).join(', ')})` : kind
}

/** The bindings under which each of `from` may stand for its partner, or null. */
export function assignAll(bindings: Bindings, from: readonly Type[], to: readonly Type[]): Bindings | null {
  if (from.length !== to.length) return null
  const tried = new Map(bindings)
  return from.every((type, i) => isAssignable(tried, type, to[i]!)) ? tried : null
}

function isAssignable(bindings: Map<string, Type>, a: Type, b: Type): boolean {
  if (b.kind === 'param') {
    const found = bind(bindings, a, b)
    if (found !== 'free') return found
  }
  if (a.kind === 'param') return bind(bindings, b, a) === true
  if (isOpen(a) || isOpen(b)) return true
  if (a.kind === 'null' || b.kind === 'null') return ['null', 'duration', 'timestamp'].includes(a.kind === 'null' ? b.kind : a.kind)
  if (a.kind === 'type') return b.kind === 'type'
  return a.kind === b.kind && a.inner.length === b.inner.length && a.inner.every((type, i) => isAssignable(bindings, type, b.inner[i]!))
}

/** Whether `type` may stand for a parameter; `free`: it may not, and the parameter is not bound. */
function bind(bindings: Map<string, Type>, type: Type, to: Type): boolean | 'free' {
  if (isSame(type, to)) return true
  const bound = bindings.get(to.name)
  if (bound) {
    if (isSame(type, bound)) return true
    if (!isAssignable(bindings, type, bound)) return false
    const general = moreGeneral(type, bound)
    if (isAbsent(bindings, to, general)) bindings.set(to.name, general)
    return true
  }
  if (!isAbsent(bindings, to, type)) return 'free'
  bindings.set(to.name, type)
  return true
}

export const moreGeneral = (a: Type, b: Type): Type => (isLessSpecific(a, b) ? a : b)

function isLessSpecific(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true
  if (b.kind === 'dyn' || b.kind === 'param' || a.kind !== b.kind) return false
  if (a.kind === 'type') return true
  return a.inner.every((type, i) => isLessSpecific(type, b.inner[i]!))
}

/** The parameter does not stand within the type, which could then never be written down. */
function isAbsent(bindings: Bindings, sought: Type, within: Type): boolean {
  if (isSame(sought, within)) return false
  const bound = within.kind === 'param' ? bindings.get(within.name) : undefined
  return bound ? isAbsent(bindings, sought, bound) : within.inner.every((type) => isAbsent(bindings, sought, type))
}

/** The type with its bound parameters replaced; `closed`: the others by dyn. */
export function substitute(bindings: Bindings, type: Type, closed = false): Type {
  const bound = type.kind === 'param' ? bindings.get(type.name) : undefined
  if (bound) return substitute(bindings, bound, closed)
  if (type.kind === 'param') return closed ? DYN : type
  return type.inner.length ? { ...type, inner: type.inner.map((inner) => substitute(bindings, inner, closed)) } : type
}
