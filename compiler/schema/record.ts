/** Objects with names of anybody's choice. zod's own records leave out what is called `__proto__`, on every level. */
import { z } from 'zod'
import type { Json } from '../../worker/types.ts'
import { show } from '../diagnostics.ts'

const wrong = (what: string) => ({ error: (issue: { input?: unknown }) => `expected ${what}, found ${show(issue.input)}` })
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

export const record = <T, W>(item: z.ZodType<T, W>) =>
  z.preprocess(
    (value) => (isObject(value) ? new Map(Object.entries(value)) : value),
    z.map(z.string(), item, wrong('an object')).transform((members) => Object.fromEntries(members)),
  ) as unknown as z.ZodType<{ [key: string]: T }, { readonly [key: string]: W }>

/** Any JSON, as it is. */
export const json = () => z.custom<Json>(isJson, wrong('JSON'))

function isJson(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) && Object.values(value).every(isJson)
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}
