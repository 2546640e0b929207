/** JSON Schema, drafts 4 to 2020-12, with the answers and the messages of KrakenD's library (github.com/santhosh-tekuri/jsonschema v6). */
import { member } from '../json/data.ts'
import { createTest } from '../regexp/automaton.ts'
import type { RegexpProgram } from '../regexp/program.ts'
import type { JsonObject } from '../types.ts'
import { compareNumbers, isInteger, isMultiple } from './decimal.ts'
import { canonical, findDuplicates } from './equal.ts'
import * as say from './message.ts'
import type { CompiledSchema, SchemaNode } from './schema.ts'
import { type Type, typeOf } from './type.ts'
import { add, causesOf, collect, demand, goesRound, lengthOf, missingOf, outermost, type Place, type Problem, problem, type Scope, summary, unseenOf, type Visit } from './visit.ts'

/** What is wrong with a value of a format; null: nothing. */
export type Formats = { readonly [name: string]: (text: string) => string | null }

export type Validate = (value: unknown) => Problem | null

export function createValidate(nodes: CompiledSchema, formats: Formats): Validate {
  const tests = new Map<RegexpProgram, (text: string) => boolean>()
  const matches = (program: RegexpProgram, text: string): boolean => {
    let test = tests.get(program)
    if (!test) tests.set(program, (test = createTest(program)))
    return test(text)
  }
  const properties = new Map(nodes.map((node) => [node, node.properties && new Map(node.properties)]))
  const enums = new Map(nodes.map((node) => [node, node.enum && new Set(node.enum.map(canonical))]))
  const root: Scope = { node: nodes[0]!, place: null, parent: null }
  return (value) => visit({ value, place: null, node: nodes[0]!, scope: root, unseen: unseenOf(value, nodes[0]!, false), brief: false, problems: [] })

  function visit(on: Visit): Problem | null {
    const { node, value, scope } = on
    if (node.always !== undefined) return node.always ? null : problem(on, 'false schema')
    if (goesRound(scope)) return problem(on, 'the schema refers to itself')
    const type = typeOf(value)
    const first = checkValue(on, type)
    if (first) return first
    if (node.ref !== undefined) {
      const found = follow(on, nodes[node.ref]!)
      if (node.draft < 2019) return found
      if (found) on.problems.push(found)
    }
    if (type === 'object') checkObject(on, value as JsonObject)
    else if (type === 'array') checkArray(on, value as unknown[])
    else if (type === 'string') checkText(on, value as string)
    else if (type === 'number') checkNumber(on)
    if (!on.problems.length || !on.brief) {
      checkReferences(on)
      checkCombined(on)
      checkUnseen(on, type)
    }
    return summary(on)
  }

  /** type, const, enum and format end the visit where they are not met. */
  function checkValue(on: Visit, type: Type): Problem | null {
    const { node, value } = on
    if (node.types && !node.types.includes(type) && !(type === 'number' && node.types.includes('integer') && isInteger(value))) return problem(on, `got ${type}, want ${node.types.join(' or ')}`)
    if (node.const && canonical(value) !== canonical(node.const.value)) return problem(on, say.wanted([node.const.value], 'const'))
    if (node.enum && !enums.get(node)!.has(canonical(value))) return problem(on, say.wanted(node.enum, 'enum'))
    if (node.format === undefined || type !== 'string') return null
    const found = formats[node.format]?.(value as string) ?? null
    return found === null ? null : problem(on, `${say.display(value)} is not valid ${node.format}: ${found}`)
  }

  function checkObject(on: Visit, object: JsonObject): void {
    const { node } = on
    const names = Object.keys(object)
    const least = node.minProperties ?? 0
    const most = node.maxProperties ?? Number.POSITIVE_INFINITY
    if (names.length < least) add(on, `minProperties: got ${say.number(names.length)}, want ${say.number(least)}`)
    if (names.length > most) add(on, `maxProperties: got ${say.number(names.length)}, want ${say.number(most)}`)
    const missing = missingOf(object, node.required)
    if (missing.length) add(on, missing.length === 1 ? `missing property ${say.quote(missing[0]!)}` : `missing properties ${say.list(missing)}`)
    if (on.brief && on.problems.length) return
    for (const [name, needs] of node.dependencies ?? []) {
      if (!Object.hasOwn(object, name)) continue
      if (typeof needs === 'number') collect(on, again(on, nodes[needs]!, false))
      else demand(on, object, name, needs)
    }
    checkMembers(on, object, names)
    for (const name of node.propertyNames === undefined ? [] : names) {
      const found = separate(nodes[node.propertyNames!]!, name)
      // Reported of the name itself, which has no place.
      if (found) on.problems.push({ at: null, text: `invalid propertyName ${say.quote(name)}`, nested: causesOf(found) })
    }
    for (const [name, to] of node.dependentSchemas ?? []) if (Object.hasOwn(object, name)) collect(on, again(on, nodes[to]!, false))
    for (const [name, needs] of node.dependentRequired ?? []) if (Object.hasOwn(object, name)) demand(on, object, name, needs)
  }

  function checkMembers(on: Visit, object: JsonObject, names: readonly string[]): void {
    const { node } = on
    if (!node.properties && !node.patternProperties && node.additionalProperties === undefined) return
    const known = properties.get(node)
    const more: string[] = []
    for (const name of names) {
      if (on.brief && on.problems.length) return
      const value = member(object, name)
      const own = known?.get(name)
      let seen = own !== undefined
      if (own !== undefined) collect(on, within(on, nodes[own]!, value, name))
      for (const [pattern, to] of node.patternProperties ?? []) {
        if (!matches(pattern, name)) continue
        seen = true
        collect(on, within(on, nodes[to]!, value, name))
      }
      if (!seen && node.additionalProperties !== undefined) {
        seen = true
        if (node.additionalProperties === false) more.push(name)
        else collect(on, within(on, nodes[node.additionalProperties]!, value, name))
      }
      if (seen) on.unseen?.delete(name)
    }
    if (more.length) add(on, `additional properties ${say.list(more)} not allowed`)
  }

  function checkArray(on: Visit, items: readonly unknown[]): void {
    const { node } = on
    const least = node.minItems ?? 0
    const most = node.maxItems ?? Number.POSITIVE_INFINITY
    if (items.length < least) add(on, `minItems: got ${say.number(items.length)}, want ${say.number(least)}`)
    if (items.length > most) add(on, `maxItems: got ${say.number(items.length)}, want ${say.number(most)}`)
    const equal = node.uniqueItems ? findDuplicates(items) : null
    if (equal) add(on, `items at ${say.number(equal[0])} and ${say.number(equal[1])} are equal`)
    const first = Math.min(node.prefixItems?.length ?? 0, items.length)
    for (let i = 0; i < first; i++) collect(on, within(on, nodes[node.prefixItems![i]!]!, items[i], i))
    if (node.items === false) {
      if (first < items.length) add(on, `last ${items.length - first} additionalItem(s) not allowed`)
    } else if (node.items !== undefined) for (let i = first; i < items.length; i++) collect(on, within(on, nodes[node.items]!, items[i], i))
    if (node.contains !== undefined) checkContains(on, items, nodes[node.contains]!)
  }

  function checkContains(on: Visit, items: readonly unknown[], wanted: SchemaNode): void {
    const { minContains, maxContains, draft } = on.node
    const nested: Problem[] = []
    const matched: number[] = []
    for (const [i, item] of items.entries()) {
      const found = within(on, wanted, item, i)
      if (found) nested.push(found)
      else {
        matched.push(i)
        if (draft >= 2020) on.unseen?.delete(i)
      }
    }
    const which = `${matched.length} items at ${matched.join(' ')}`
    if (minContains !== undefined && matched.length < minContains) add(on, `min ${minContains} items required to match contains schema, but ${matched.length ? `matched ${which}` : 'none matched'}`, nested)
    else if (minContains === undefined && !matched.length) add(on, 'no items match contains schema', nested)
    if (maxContains !== undefined && matched.length > maxContains) add(on, `max ${maxContains} items required to match contains schema, but matched ${which}`)
  }

  function checkText(on: Visit, text: string): void {
    const { minLength, maxLength, pattern } = on.node
    if (minLength !== undefined || maxLength !== undefined) {
      const length = lengthOf(text)
      if (minLength !== undefined && length < minLength) add(on, `minLength: got ${say.number(length)}, want ${say.number(minLength)}`)
      if (maxLength !== undefined && length > maxLength) add(on, `maxLength: got ${say.number(length)}, want ${say.number(maxLength)}`)
    }
    if (pattern && !matches(pattern.program, text)) add(on, `${say.quote(text)} does not match pattern ${say.quote(pattern.source)}`)
  }

  function checkNumber(on: Visit): void {
    const { node, value } = on
    const check = (keyword: string, limit: string | undefined, met: (limit: string) => boolean): void => {
      if (limit !== undefined && !met(limit)) add(on, `${keyword}: got ${say.double(value)}, want ${say.double(Number(limit))}`)
    }
    check('minimum', node.minimum, (limit) => compareNumbers(value, limit) >= 0)
    check('maximum', node.maximum, (limit) => compareNumbers(value, limit) <= 0)
    check('exclusiveMinimum', node.exclusiveMinimum, (limit) => compareNumbers(value, limit) > 0)
    check('exclusiveMaximum', node.exclusiveMaximum, (limit) => compareNumbers(value, limit) < 0)
    check('multipleOf', node.multipleOf, (of) => isMultiple(value, of))
  }

  function checkReferences(on: Visit): void {
    const { recursiveRef, dynamicRef } = on.node
    if (recursiveRef !== undefined) {
      const to = nodes[recursiveRef]!
      collect(on, follow(on, to.recursiveAnchor ? outermost(on.scope, ({ node }) => (nodes[node.resource]!.recursiveAnchor ? node : null)) ?? to : to))
    }
    if (dynamicRef) {
      const to = nodes[dynamicRef.to]!
      const { anchor } = dynamicRef
      const dynamic = anchor !== null && to.dynamicAnchor === anchor
      collect(on, follow(on, dynamic ? outermost(on.scope, ({ node }) => nodes[nodes[node.resource]!.anchors?.[anchor] ?? -1] ?? null) ?? to : to))
    }
  }

  function checkCombined(on: Visit): void {
    const { node } = on
    if (node.not !== undefined && !again(on, nodes[node.not]!, true)) add(on, "'not' failed")
    const all = (node.allOf ?? []).flatMap((to) => again(on, nodes[to]!, false) ?? [])
    if (all.length) add(on, "'allOf' failed", all)
    if (node.anyOf) checkAny(on, node.anyOf)
    if (node.oneOf) checkOne(on, node.oneOf)
    if (node.if === undefined) return
    const to = again(on, nodes[node.if]!, true) ? node.else : node.then
    if (to !== undefined) collect(on, again(on, nodes[to]!, false))
  }

  function checkAny(on: Visit, choices: readonly number[]): void {
    const nested: Problem[] = []
    let matched = false
    for (const to of choices) {
      const found = again(on, nodes[to]!, false)
      if (found) nested.push(found)
      else {
        matched = true
        // Where somebody asks what no schema looked at, all have to look.
        if (!on.unseen?.size) break
      }
    }
    if (!matched) add(on, "'anyOf' failed", nested)
  }

  function checkOne(on: Visit, choices: readonly number[]): void {
    const nested: Problem[] = []
    let matched = -1
    for (const [i, to] of choices.entries()) {
      const found = again(on, nodes[to]!, matched >= 0)
      if (found) nested.push(found)
      else if (matched < 0) matched = i
      else return add(on, `'oneOf' failed, subschemas ${matched}, ${i} matched`)
    }
    if (matched < 0) add(on, "'oneOf' failed, none matched", nested)
  }

  function checkUnseen(on: Visit, type: Type): void {
    const { node, value, unseen } = on
    const to = type === 'object' ? node.unevaluatedProperties : type === 'array' ? node.unevaluatedItems : undefined
    if (to === undefined || !unseen) return
    for (const key of unseen) collect(on, within(on, nodes[to]!, type === 'object' ? member(value as JsonObject, key as string) : (value as unknown[])[key as number], key))
    on.unseen = null
  }

  /** Another schema over the same value: what it looked at counts as looked at here. */
  function again(on: Visit, node: SchemaNode, brief: boolean): Problem | null {
    const scope: Scope = { node, place: on.place, parent: on.scope }
    const inner: Visit = { value: on.value, place: on.place, node, scope, unseen: unseenOf(on.value, node, on.unseen !== null && on.unseen.size > 0), brief: on.brief || brief, problems: [] }
    const found = visit(inner)
    if (!found && on.unseen) for (const key of on.unseen) if (!inner.unseen?.has(key)) on.unseen.delete(key)
    return found
  }

  /** A schema over a value within. */
  function within(on: Visit, node: SchemaNode, value: unknown, key: string | number): Problem | null {
    const place: Place = { within: on.place, key }
    return visit({ value, place, node, scope: { node, place, parent: on.scope }, unseen: unseenOf(value, node, false), brief: on.brief, problems: [] })
  }

  /** A schema over a value that is none of the instance's own. */
  function separate(node: SchemaNode, value: unknown): Problem | null {
    return visit({ value, place: null, node, scope: { node, place: null, parent: null }, unseen: null, brief: false, problems: [] })
  }

  function follow(on: Visit, node: SchemaNode): Problem | null {
    const found = again(on, node, false)
    return found && { at: on.place, text: 'validation failed', nested: causesOf(found), reference: true }
  }
}
