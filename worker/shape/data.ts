/** target, allow, deny, mapping, flatmap and group over parsed data: where a text's bytes were no JSON, or flatmap runs (proxy/RULES.md §3, §4). */
import type { Shape, Tree } from '../json/shape.ts'
import { dataOf, isObject, member, setMember } from '../json/data.ts'
import type { CreateStage, JsonObject } from '../types.ts'
import { flatmap, type Operation } from './flatmap.ts'

export interface DataShape extends Shape {
  /** Takes the place of allow, deny and mapping. */
  flatmap: readonly Operation[] | null
}

/** Error details (answers with a status that are not complete) are left as they are. */
export const backend: CreateStage<'backend', DataShape> = (shape) => {
  return (next) => async (request, ctx) => {
    const outcome = await next(request, ctx)
    const { answer } = outcome
    if (!answer || (answer.status > 0 && !answer.complete)) return outcome
    return { ...outcome, answer: { ...answer, body: { kind: 'data', value: reshape(dataOf(answer.body), shape) } } }
  }
}

/** Changes `data` in place where it can. */
export function reshape(data: JsonObject | null, shape: DataShape): JsonObject | null {
  let value = shape.target.length ? extract(data, shape.target) : data
  if (value && shape.flatmap) value = flatmap(value, shape.flatmap)
  else if (value) value = rename(filter(value, shape), shape.rename)
  return shape.group === null ? value : Object.fromEntries([[shape.group, value]])
}

function extract(data: JsonObject | null, target: readonly string[]): JsonObject {
  let value: unknown = data
  for (const part of target) value = isObject(value) ? member(value, part) : undefined
  return isObject(value) ? value : {}
}

function filter(data: JsonObject, { keep, drop }: Shape): JsonObject {
  if (keep) return pick(data, keep)
  if (drop) cut(data, drop)
  return data
}

function pick(data: JsonObject, tree: Tree): JsonObject {
  const picked: JsonObject = {}
  for (const [name, inner] of tree) {
    const value = member(data, name)
    if (value === undefined) continue
    const left = inner ? (isObject(value) ? pick(value, inner) : {}) : value
    if (!inner || Object.keys(left as JsonObject).length) setMember(picked, name, left)
  }
  return picked
}

function cut(data: JsonObject, tree: Tree): void {
  for (const [name, inner] of tree) {
    const value = member(data, name)
    if (!inner) delete data[name]
    else if (isObject(value)) cut(value, inner)
  }
}

function rename(data: JsonObject, names: Shape['rename']): JsonObject {
  for (const [from, to] of names) {
    if (!Object.hasOwn(data, from)) continue
    setMember(data, to, data[from])
    delete data[from]
  }
  return data
}
