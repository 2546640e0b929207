/** Sprig's regular expressions: Go's syntax, by a port of Go's own regexp. */
import { RE2JS } from 're2js'
import { CallError } from '../../../../worker/template/error.ts'
import { fn, type Functions, type TemplateFunction } from '../../../../worker/template/function.ts'

interface Match {
  start: number
  end: number
  groups: readonly string[]
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new CallError((error as Error).message)
  }
}

/** As Go finds all: an empty match right behind another is none. */
function* matches(pattern: string, text: string): Generator<Match> {
  const matcher = compile(pattern).matcher(text)
  let last = -1
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()]
    if (start === end && start === last) continue
    last = end
    yield { start, end, groups: Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '') }
  }
}

/** Below 0: all of them. */
const limited = (found: Iterable<Match>, count: bigint): Match[] => [...found].slice(0, count < 0n ? undefined : Number(count))

function replace(pattern: string, text: string, by: (match: Match) => string): string {
  let made = ''
  let at = 0
  for (const match of matches(pattern, text)) {
    made += text.slice(at, match.start) + by(match)
    at = match.end
  }
  return made + text.slice(at)
}

/** `$1`, `${1}`, `${name}`; `$1x` is the group named 1x, and `$$` a dollar. */
function expand(replacement: string, pattern: string) {
  const names: { readonly [name: string]: number } = compile(pattern).namedGroups()
  return ({ groups }: Match): string =>
    replacement.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (dollar, braced: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare
      if (name === undefined) return dollar.slice(1)
      return groups[/^\d+$/.test(name) ? Number(name) : (names[name] ?? groups.length)] ?? ''
    })
}

function split(pattern: string, text: string, count: bigint): string[] {
  if (count === 0n) return []
  if (pattern && !text) return ['']
  const parts: string[] = []
  let begin = 0
  let end = 0
  for (const match of matches(pattern, text)) {
    if (count > 0n && parts.length === Number(count) - 1) break
    end = match.start
    if (match.end !== 0) parts.push(text.slice(begin, end))
    begin = match.end
  }
  return end === text.length ? parts : [...parts, text.slice(begin)]
}

const FUNCTIONS: { readonly [name: string]: TemplateFunction } = {
  regexMatch: fn(['string', 'string'], (pattern, text) => compile(pattern).matcher(text).find()),
  regexFindAll: fn(['string', 'string', 'int'], (pattern, text, count) => limited(matches(pattern, text), count).map(({ groups }) => groups[0])),
  regexFind: fn(['string', 'string'], (pattern, text) => [...limited(matches(pattern, text), 1n)][0]?.groups[0] ?? ''),
  regexReplaceAll: fn(['string', 'string', 'string'], (pattern, text, replacement) => replace(pattern, text, expand(replacement, pattern))),
  regexReplaceAllLiteral: fn(['string', 'string', 'string'], (pattern, text, replacement) => replace(pattern, text, () => replacement)),
  regexSplit: fn(['string', 'string', 'int'], split),
}

export const patternFunctions: Functions = {
  ...FUNCTIONS,
  ...Object.fromEntries(Object.entries(FUNCTIONS).map(([name, one]) => [`mustR${name.slice(1)}`, one])),
  // A pattern that is none matches nothing.
  regexMatch: fn(['string', 'string'], (pattern, text) => {
    try {
      return compile(pattern).matcher(text).find()
    } catch {
      return false
    }
  }),
  regexQuoteMeta: fn(['string'], (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)),
}
