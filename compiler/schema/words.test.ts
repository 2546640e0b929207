import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { z } from 'zod'
import './words.ts'

suite("what zod finds, in findings' words", () => {
  const cases: readonly (readonly [schema: z.ZodType, value: unknown, message: string])[] = [
    [z.string(), 5, 'expected a text, found 5'],
    [z.string(), undefined, 'expected a text, found nothing'],
    [z.number(), '5', 'expected a number, found "5"'],
    [z.int(), 1.5, 'expected a whole number, found 1.5'],
    [z.int().min(0).max(9), -1, 'expected a number of 0 or more, found -1'],
    [z.int().min(0).max(9), 10, 'expected a number of 9 or less, found 10'],
    [z.boolean(), 'yes', 'expected true or false, found "yes"'],
    [z.array(z.string()), 'a', 'expected a list, found a text'],
    [z.object({}), [], 'expected an object, found an empty list'],
    [z.enum(['a', 'b']), 'c', 'expected "a" or "b", found "c"'],
    [z.union([z.string(), z.array(z.string())]), true, 'expected a text or a list, found true'],
    [z.base64(), '%', 'expected base64, found a text'],
    [z.string('its own words'), 5, 'its own words'],
  ]
  for (const [schema, value, message] of cases) test(message, () => assert.equal(schema.safeParse(value).error?.issues[0]?.message, message))
})
