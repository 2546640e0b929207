/** The content replacer: texts of an answer's fields, changed in order. Fields inside of lists are not reached. */
import { isObject, member, setMember } from '../../../worker/json/data.ts'
import type { RegexpProgram } from '../../../worker/regexp/program.ts'
import { createReplace } from '../../../worker/regexp/replace.ts'
import { type ChangeData, changeData } from '../../../worker/shape/change.ts'
import type { CreateStage, JsonObject } from '../../../worker/types.ts'

export type Change =
  | { do: 'regexp'; field: readonly string[]; program: RegexpProgram; replace: string }
  | { do: 'literal'; field: readonly string[]; find: string; replace: string }
  | { do: 'trim'; field: readonly string[]; find: string }
  | { do: 'upper' | 'lower'; field: readonly string[] }

export interface Options {
  changes: readonly Change[]
}

export const backend: CreateStage<'backend', Options> = (options) => {
  const change = changeData(createChanges(options))
  return (next) => async (request, ctx) => change(await next(request, ctx))
}

export const proxy: CreateStage<'proxy', Options> = (options) => {
  const change = changeData(createChanges(options))
  return (next) => async (request, ctx) => change(await next(request, ctx))
}

function createChanges({ changes }: Options): ChangeData {
  const made = changes.map((change) => ({ field: change.field, rewrite: createRewrite(change) }))
  return (data) => {
    for (const { field, rewrite } of made) apply(data, field, rewrite)
    return data
  }
}

type Rewrite = (text: string) => string

function createRewrite(change: Change): Rewrite {
  if (change.do === 'regexp') return createReplace(change.program, change.replace)
  if (change.do === 'literal') return (text) => text.split(change.find).join(change.replace)
  if (change.do === 'trim') return createTrim(change.find)
  return (text) => eachCharacter(text, change.do === 'upper' ? (character) => character.toUpperCase() : (character) => character.toLowerCase())
}

function createTrim(find: string): Rewrite {
  const cut = new Set(find)
  return (text) => {
    const characters = Array.from(text)
    const first = characters.findIndex((character) => !cut.has(character))
    return first < 0 ? '' : characters.slice(first, characters.findLastIndex((character) => !cut.has(character)) + 1).join('')
  }
}

/** Go changes characters one by one: `ß` has no other case. */
const eachCharacter = (text: string, change: Rewrite): string =>
  Array.from(text, (character) => (change(character).length === character.length ? change(character) : character)).join('')

/** A field that is not there, or that is no text, stays as it is. */
function apply(data: JsonObject, field: readonly string[], rewrite: Rewrite): void {
  let within: JsonObject = data
  for (const name of field.slice(0, -1)) {
    const next = member(within, name)
    if (!isObject(next)) return
    within = next
  }
  const name = field.at(-1)!
  const value = member(within, name)
  if (typeof value === 'string') setMember(within, name, rewrite(value))
}
