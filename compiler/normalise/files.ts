/** What features bring beside JSON: text to be emitted, the user's own modules, and files that they read. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FeaturePlace } from '../feature.ts'
import type { Source } from '../load/source.ts'

export interface Collected {
  code: { [name: string]: string }
  modules: { [name: string]: string }
}

export function createFiles({ resolve }: Pick<Source, 'resolve'>): { collected: Collected } & Pick<FeaturePlace, 'code' | 'module' | 'readFile'> {
  const collected: Collected = { code: {}, modules: {} }
  return {
    collected,
    code(expression) {
      const name = `code/${createHash('sha256').update(expression).digest('hex').slice(0, 12)}`
      collected.code[name] = expression
      return name
    },
    module(file) {
      const found = resolve(file)
      if (found === null) return null
      const name = `module/${file}`
      collected.modules[name] = found
      return name
    },
    readFile(file) {
      const found = resolve(file)
      return found === null ? null : readFileSync(found, 'utf8')
    },
  }
}
