/** What startGateway is given, from JavaScript too: a mistake is told by its place. */
import { z } from 'zod'
import { formatPath, nearest, type Path } from '../compiler/diagnostics.ts'
import '../compiler/schema/words.ts'

const texts = z.record(z.string(), z.string())
const isTrue = z.boolean().optional()
const answerSchema = z.strictObject({
  status: z.int().min(100).max(599).optional(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()])).optional(),
  json: z.unknown().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
  echo: isTrue,
  delay_ms: z.number().optional(),
  drop: isTrue,
  gzip: isTrue,
})
const route = z.string().regex(/^(\*|[A-Z]+) \/\S*$/, { error: ({ input }) => `expected a route such as "GET /users/1" or "* /users/*", found ${JSON.stringify(input)}` })
const answers = z.union([answerSchema, z.array(answerSchema)])
const optionsSchema = z.strictObject({
  config: z.union([z.record(z.string(), z.unknown()), z.string().min(1)], { error: 'expected a configuration, or the path of its file' }),
  upstreams: z.record(z.string().regex(/^[\w-]+$/, { error: 'expected a name of letters, digits, _ and -' }), z.record(route, answers)).optional(),
  env: texts.optional(),
  files: texts.optional(),
})

/** Throws a TypeError that names everything that is wrong. */
export function checkOptions(options: unknown): void {
  const result = optionsSchema.safeParse(options)
  if (!result.success) throw new TypeError(`startGateway: ${result.error.issues.flatMap((issue) => inWords(issue, [])).join('; ')}`)
}

function inWords(issue: z.core.$ZodIssue, around: Path): string[] {
  const at = [...around, ...(issue.path as Path)]
  const where = at.length ? `${formatPath(at)}: ` : ''
  // Of several forms the one that was tried is that which goes wrong further within.
  const within = issue.code === 'invalid_union' ? issue.errors.find((errors) => errors.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys')) : undefined
  if (within) return within.flatMap((inner) => inWords(inner, at))
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => `${formatPath(at.slice(0, -1))}: ${message}`)
  if (issue.code !== 'unrecognized_keys') return [`${where}${issue.message}`]
  const known = Object.keys((at.length ? answerSchema : optionsSchema).shape)
  return issue.keys.map((key) => `${where}expected ${known.join(', ')}, found ${key}${meant(key, known)}`)
}

function meant(key: string, known: readonly string[]): string {
  const suggestion = nearest(key, known)
  return suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`
}
