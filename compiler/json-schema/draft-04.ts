/** The schema of draft 4 (draft-zyp-json-schema-04), whose `exclusiveMinimum: true` Ajv does not read: the number stands in its place. */
const any = { $ref: '#' }
const list = { type: 'array', minItems: 1, items: any }
const map = { type: 'object', additionalProperties: any }
const count = { type: 'integer', minimum: 0 }
const names = { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true }
const type = { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] }
const text = { type: 'string' }
const flag = { type: 'boolean' }
const number = { type: 'number' }
const more = { anyOf: [flag, any] }

export const draft4 = {
  $id: 'http://json-schema.org/draft-04/schema#',
  type: 'object',
  properties: {
    id: text, $schema: text, $ref: text, title: text, description: text, format: text, pattern: text,
    multipleOf: { ...number, exclusiveMinimum: 0 }, maximum: number, exclusiveMaximum: flag, minimum: number, exclusiveMinimum: flag,
    maxLength: count, minLength: count, maxItems: count, minItems: count, maxProperties: count, minProperties: count,
    uniqueItems: flag, required: names, additionalItems: more, additionalProperties: more,
    items: { anyOf: [any, list] }, definitions: map, properties: map, patternProperties: map,
    dependencies: { type: 'object', additionalProperties: { anyOf: [any, names] } },
    enum: { type: 'array', minItems: 1, uniqueItems: true },
    type: { anyOf: [type, { type: 'array', items: type, minItems: 1, uniqueItems: true }] },
    allOf: list, anyOf: list, oneOf: list, not: any,
  },
  dependencies: { exclusiveMaximum: ['maximum'], exclusiveMinimum: ['minimum'] },
}
