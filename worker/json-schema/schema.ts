/** A JSON Schema as the compiler leaves it (compiler/json-schema/): flat, its references resolved, only what is asserted. */
import type { RegexpProgram } from '../regexp/program.ts'
import type { Json } from '../types.ts'

/** Numbers stand for other nodes by their place in the list; the first is the root. */
export type CompiledSchema = readonly SchemaNode[]

/** Named as the keywords are; what a draft spells otherwise stands under the newest name. */
export interface SchemaNode {
  draft: number
  /** The node of the schema that has the `$id`: where dynamic anchors are looked up. */
  resource: number
  anchors?: { readonly [name: string]: number }
  dynamicAnchor?: string
  recursiveAnchor?: true
  /** `true` and `false`. */
  always?: boolean
  ref?: number
  recursiveRef?: number
  dynamicRef?: { to: number; anchor: string | null }
  /** In the order of messages. */
  types?: readonly string[]
  const?: { value: Json }
  enum?: readonly Json[]
  format?: string
  not?: number
  allOf?: readonly number[]
  anyOf?: readonly number[]
  oneOf?: readonly number[]
  if?: number
  then?: number
  else?: number
  minProperties?: number
  maxProperties?: number
  required?: readonly string[]
  properties?: readonly (readonly [name: string, node: number])[]
  patternProperties?: readonly (readonly [pattern: RegexpProgram, node: number])[]
  additionalProperties?: number | false
  propertyNames?: number
  dependencies?: readonly (readonly [name: string, needs: readonly string[] | number])[]
  dependentSchemas?: readonly (readonly [name: string, node: number])[]
  dependentRequired?: readonly (readonly [name: string, needs: readonly string[]])[]
  unevaluatedProperties?: number
  minItems?: number
  maxItems?: number
  uniqueItems?: true
  /** A list's first items, and what comes behind them. */
  prefixItems?: readonly number[]
  items?: number | false
  contains?: number
  minContains?: number
  maxContains?: number
  unevaluatedItems?: number
  minLength?: number
  maxLength?: number
  pattern?: { source: string; program: RegexpProgram }
  /** As they are written: numbers are compared by their digits. */
  minimum?: string
  maximum?: string
  exclusiveMinimum?: string
  exclusiveMaximum?: string
  multipleOf?: string
}
