/** JSON schemas, and bodies that are near what they ask for. */
import { type Dice, type Fields, SCALARS } from './dice.ts'
import { ECHO, type Generate, HOST } from './suite.ts'

const TYPES = ['string', 'number', 'integer', 'object', 'array', 'boolean', 'null']
const NAMES = ['a', 'b', 'id', 'items']
const PATTERNS = ['^a', String.raw`\d+`, '^[a-z]*$', 'é', '^.$', 'x|y']
const FORMATS = ['date', 'date-time', 'email', 'uuid', 'uri', 'ipv4', 'ipv6', 'hostname', 'regex', 'time', 'json-pointer']
const TEXTS = ['a', 'abc', '', '12', 'é', '2020-01-02', '2020-01-02T03:04:05Z', 'a@b.c', '::1', '1.2.3.4', 'http://x/y', 'x y']
const BROKEN = ['', '{', 'nul', '[1,]', '{"a":1}x']

interface Schema extends Fields {
  type?: string | readonly string[]
  enum?: readonly unknown[]
  properties?: { readonly [name: string]: Schema }
  required?: readonly string[]
  items?: Schema
}

export const schemas: Generate = (dice) => {
  const all = Array.from({ length: 30 }, () => createSchema(dice, 2))
  const endpoints = all.map((schema, i) => ({ endpoint: `/schemas/${i}`, method: 'POST', backend: [{ host: HOST, url_pattern: '/e' }], extra_config: { 'validation/json-schema': schema } }))
  const cases = all.map((schema, i) => {
    const body = dice.chance(10) ? dice.pick(BROKEN) : JSON.stringify(createInstance(dice, schema))
    return { name: `schemas ${i}`, request: { path: `/schemas/${i}`, method: 'POST', body, headers: { 'Content-Type': 'application/json' } } }
  })
  return { config: { version: 3, timeout: '2s', endpoints, extra_config: { router: { return_error_msg: true } } }, upstreams: { a: ECHO }, cases }
}

function createSchema(dice: Dice, depth: number): Schema {
  const inner = (): Schema => createSchema(dice, depth - 1)
  const schema: Schema = {}
  if (dice.chance(80)) schema.type = dice.chance(15) ? [...new Set(dice.some(2, () => dice.pick(TYPES)))] : dice.pick(TYPES)
  const keywords = { ...ofScalars(dice), ...(depth > 0 && ofParts(dice, inner)) }
  for (const [name, [percent, make]] of Object.entries(keywords)) if (dice.chance(percent)) schema[name] = make()
  if (schema.if) schema.else = inner()
  return schema
}

/** How often of a hundred, and what. */
interface Keywords {
  [name: string]: readonly [percent: number, make: () => unknown]
}

const ofScalars = (dice: Dice): Keywords => ({
  enum: [15, () => [dice.pick(SCALARS), dice.pick(SCALARS), 1]],
  const: [8, () => dice.pick(SCALARS)],
  minimum: [15, () => dice.pick([0, 1.5, -3])],
  exclusiveMaximum: [10, () => dice.pick([10, 12.5, 0])],
  multipleOf: [10, () => dice.pick([1, 2, 0.1, 0.5])],
  minLength: [12, () => dice.number(4)],
  maxLength: [12, () => dice.number(5)],
  pattern: [12, () => dice.pick(PATTERNS)],
  format: [15, () => dice.pick(FORMATS)],
})

const ofParts = (dice: Dice, inner: () => Schema): Keywords => ({
  properties: [40, () => Object.fromEntries(dice.some(2, () => [dice.pick(NAMES), inner()]))],
  required: [25, () => [...new Set(dice.some(2, () => dice.pick(NAMES)))]],
  additionalProperties: [15, () => (dice.chance(60) ? false : inner())],
  items: [20, inner],
  minItems: [10, () => dice.number(3)],
  uniqueItems: [10, () => true],
  anyOf: [8, () => [inner(), inner()]],
  oneOf: [6, () => [inner(), inner()]],
  not: [6, inner],
  allOf: [6, () => [inner()]],
  contains: [5, inner],
  propertyNames: [5, () => ({ maxLength: 2 })],
  patternProperties: [5, () => ({ '^a': inner() })],
  if: [5, inner],
  maxProperties: [4, () => dice.number(3)],
})

function createInstance(dice: Dice, schema: Schema): unknown {
  if (dice.chance(25)) return dice.value(2)
  if (schema.enum && dice.chance(60)) return dice.pick(schema.enum)
  switch (String([schema.type].flat()[0])) {
    case 'string': return dice.pick(TEXTS)
    case 'number': return dice.pick([0, 1, 1.5, -3, 10, 0.3, 12.5])
    case 'integer': return dice.pick([0, 1, 2, 7, -3, 10])
    case 'boolean': return dice.chance(50)
    case 'null': return null
    case 'array': return dice.some(4, () => (schema.items ? createInstance(dice, schema.items) : dice.pick(SCALARS))).slice(1)
    default: return createFields(dice, schema)
  }
}

function createFields(dice: Dice, { properties = {}, required = [] }: Schema): Fields {
  const fields: Fields = {}
  for (const [name, schema] of Object.entries(properties)) if (dice.chance(80)) fields[name] = createInstance(dice, schema)
  for (const name of required) if (!(name in fields) && dice.chance(70)) fields[name] = dice.pick(SCALARS)
  if (dice.chance(20)) fields.zz = 1
  return fields
}
