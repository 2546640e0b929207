import { isObject } from '../json/data.ts'

export type Type = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** Numbers that keep their text are objects to JavaScript (json/data.ts). */
export function typeOf(value: unknown): Type {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  if (type === 'object') return isObject(value) ? 'object' : 'number'
  return type as Type
}
