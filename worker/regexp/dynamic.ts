/** Patterns that come with a request: re2js has Go's syntax and takes linear time. Only what needs it brings it into a bundle. */
import { RE2JS } from 're2js'

/** Longer ones would take their compiler a while: a pattern is small, and these come from clients. */
const MAX_LENGTH = 1000

/** Throws for what is no pattern. */
export function compilePattern(source: string): (text: string) => boolean {
  if (source.length > MAX_LENGTH) throw new RangeError('the pattern is too long')
  const compiled = RE2JS.compile(source)
  return (text) => compiled.matcher(text).find()
}
