/** Go's ReplaceAllString: `$1`, `$name` and `${name}` stand for groups, `$$` for a dollar sign. */
import { createFind, type Match } from './match.ts'
import { characterAt, type RegexpProgram, widthOf } from './program.ts'

/** A group that the pattern does not have is empty. The longest name counts: `$1x` is the group `1x`. */
export function createReplace(program: RegexpProgram, template: string): (text: string) => string {
  const find = createFind(program)
  const parts = parseTemplate(program, template)
  const fill = (text: string, match: Match): string => parts.map((part) => (typeof part === 'string' ? part : groupOf(text, match, part))).join('')
  return (text) => {
    let replaced = ''
    let end = 0
    for (let from = 0; from <= text.length; ) {
      const match = find(text, from)
      if (!match) break
      replaced += text.slice(end, match[0])
      // Nothing is put where nothing was found just behind a match.
      if (match[1]! > end || match[0] === 0) replaced += fill(text, match)
      end = match[1]!
      from = Math.max(end, from + widthOf(characterAt(text, from)))
    }
    return replaced + text.slice(end)
  }
}

export function groupOf(text: string, match: Match, group: number): string {
  const begin = match[2 * group] ?? -1
  return begin < 0 ? '' : text.slice(begin, match[2 * group + 1])
}

/** Texts, and numbers of groups. */
function parseTemplate({ names }: RegexpProgram, template: string): (string | number)[] {
  const parts: (string | number)[] = []
  let end = 0
  for (const found of template.matchAll(/\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu)) {
    const [whole, dollar, braced, plain] = found
    const name = braced ?? plain ?? ''
    parts.push(template.slice(end, found.index), dollar ?? (/^(0|[1-9]\d{0,7})$/.test(name) ? Number(name) : Object.hasOwn(names, name) ? names[name]! : ''))
    end = found.index + whole.length
  }
  return [...parts, template.slice(end)]
}
