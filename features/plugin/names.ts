/** Plugins are listed by their names, and each has a block under its own. */
import { z } from 'zod'
import { nearest, type Path, type Report } from '../../compiler/diagnostics.ts'

export const nameSchema = z.union([z.string(), z.array(z.string())]).optional()

/** Those of the listed plugins that are there; the rest is reported: a plugin may be a guard. */
export function namedPlugins(names: z.infer<typeof nameSchema>, known: readonly string[], at: Path, report: Report): string[] {
  const listed = typeof names === 'string' ? [names] : (names ?? [])
  return listed.filter((name) => {
    if (known.includes(name)) return true
    const suggestion = nearest(name, known)
    report.warn([...at, 'name'], 'not-supported', `the plugin ${name} is not supported by this version of Cuttle: it does nothing`, { opensDoor: true, ...(suggestion && { suggestion }) })
    return false
  })
}
