/** A schema's visit of a value: where it stands, what it found, and what no schema has looked at so far. */
import type { JsonObject } from '../types.ts'
import * as say from './message.ts'
import type { SchemaNode } from './schema.ts'
import { typeOf } from './type.ts'

/** What is wrong, or null. `nested`: the causes of a message. */
export interface Problem {
  at: Place
  text: string
  nested: readonly Problem[]
  /** It has no line of its own: several problems of one schema. */
  group?: true
  /** Of a $ref: no line of its own where there is one cause. */
  reference?: true
}
/** A value within the instance; null: the whole. */
export type Place = { within: Place; key: string | number } | null

/** The schemas that led here: dynamic references look among them, and one that stands twice over the same place goes round. */
export interface Scope {
  node: SchemaNode
  place: Place
  parent: Scope | null
}

/** Names and places that no schema has looked at yet; null where nobody asks. */
type Unseen = Set<string | number> | null

export interface Visit {
  value: unknown
  place: Place
  node: SchemaNode
  scope: Scope
  unseen: Unseen
  /** Only whether, not what. */
  brief: boolean
  problems: Problem[]
}

const NOTHING: readonly Problem[] = []
/** Nobody reads it. */
const SOME: Problem = { at: null, text: '', nested: NOTHING }

export const problem = (on: Visit, text: string, nested = NOTHING): Problem => (on.brief ? SOME : { at: on.place, text, nested })
export const add = (on: Visit, text: string, nested = NOTHING): void => void on.problems.push(problem(on, text, nested))
export const collect = (on: Visit, found: Problem | null): void => void (found && on.problems.push(found))
export const causesOf = (found: Problem): readonly Problem[] => (found.group ? found.nested : [found])

export function summary(on: Visit): Problem | null {
  if (on.problems.length < 2) return on.problems[0] ?? null
  return { at: on.place, text: 'validation failed', nested: on.problems, group: true }
}

export function demand(on: Visit, object: JsonObject, name: string, needs: readonly string[]): void {
  const missing = missingOf(object, needs)
  if (missing.length) add(on, `properties ${say.list(missing)} required, if ${say.quote(name)} exists`)
}

export const missingOf = (object: JsonObject, required: readonly string[] | undefined): readonly string[] =>
  required?.some((name) => !Object.hasOwn(object, name)) ? required.filter((name) => !Object.hasOwn(object, name)) : NONE
const NONE: readonly string[] = []

/** Code points, lone surrogates too. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

export function goesRound({ node, place, parent }: Scope): boolean {
  for (let scope = parent; scope && scope.place === place; scope = scope.parent) if (scope.node === node) return true
  return false
}

/** The answer of the outermost scope that has one. */
export function outermost(from: Scope, find: (scope: Scope) => SchemaNode | null): SchemaNode | null {
  let found: SchemaNode | null = null
  for (let scope: Scope | null = from; scope; scope = scope.parent) found = find(scope) ?? found
  return found
}

export function unseenOf(value: unknown, node: SchemaNode, asked: boolean): Unseen {
  if (Array.isArray(value)) {
    if (!(asked || node.unevaluatedItems !== undefined) || node.items !== undefined) return null
    const first = node.prefixItems?.length ?? 0
    return first < value.length ? new Set(Array.from(value.keys()).slice(first)) : null
  }
  if (!(asked || node.unevaluatedProperties !== undefined) || node.additionalProperties !== undefined || typeOf(value) !== 'object') return null
  return new Set(Object.keys(value as JsonObject))
}
