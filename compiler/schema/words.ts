/** What zod finds, in the words of findings; schemas may have words of their own. */
import { z } from 'zod'
import { show } from '../diagnostics.ts'

const TYPES: { readonly [type: string]: string } = { string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object', record: 'an object' }

function expected(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return TYPES[issue.expected as string]
  if (issue.code === 'invalid_value') return (issue.values as unknown[]).map(show).join(' or ')
  if (issue.code === 'invalid_format' && issue.format === 'base64') return 'base64'
  if (issue.code === 'invalid_union') return unionOf(issue.errors as readonly (readonly z.core.$ZodRawIssue[])[])
  const isNumber = issue.origin === 'number' || issue.origin === 'int'
  if (issue.code === 'too_small' && isNumber) return `a number of ${String(issue.minimum)} or more`
  if (issue.code === 'too_big' && isNumber) return `a number of ${String(issue.maximum)} or less`
  return undefined
}

function unionOf(errors: readonly (readonly z.core.$ZodRawIssue[])[]): string | undefined {
  const words = errors.map(([first]) => first && !first.path?.length && expected(first))
  return words.every(Boolean) ? [...new Set(words)].join(' or ') : undefined
}

/** Texts where lists, objects or bytes are wanted may be keys, which are nobody's to read. */
function found({ code, expected: type, input }: z.core.$ZodRawIssue): string {
  const isPlain = code === 'invalid_type' ? /^(string|number|int|boolean)$/.test(String(type)) : code !== 'invalid_format' && code !== 'invalid_union'
  return typeof input === 'string' && !isPlain ? 'a text' : show(input)
}

z.config({
  customError(issue) {
    const what = expected(issue)
    return what && `expected ${what}, found ${found(issue)}`
  },
})
