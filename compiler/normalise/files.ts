/** What features bring beside JSON: text to be emitted, the user's own modules, and files that they read. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FeaturePlace } from '../feature.ts'
import type { Source } from '../load/source.ts'
import type { Code } from '../plan.ts'

export interface Collected {
  code: { [name: string]: Code }
  modules: { [name: string]: string }
}
/** Values of bindings by name: what stays out of plan and bundle. */
export type Secrets = { [name: string]: string }
/** Names that run time reads, and whether it can't do without. */
export type Environment = Map<string, boolean>

export function createFiles({ resolve }: Pick<Source, 'resolve'>): { collected: Collected; secrets: Secrets; asked: Environment } & Pick<FeaturePlace, 'code' | 'module' | 'readFile' | 'secret' | 'environment'> {
  const collected: Collected = { code: {}, modules: {} }
  const secrets: Secrets = {}
  const asked: Environment = new Map()
  return {
    collected,
    secrets,
    asked,
    environment: (name, required) => void asked.set(name, required || asked.get(name) === true),
    secret(value, hint) {
      const base = hint.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '').toUpperCase()
      let name = base
      // Numbered, not named by a hash: names stand in the bundle, and a hash of a short password gives it away.
      for (let n = 2; secrets[name] !== undefined && secrets[name] !== value; n++) name = `${base}_${n}`
      secrets[name] = value
      return name
    },
    code(expression, modules = {}) {
      const name = `code/${createHash('sha256').update(expression).digest('hex').slice(0, 12)}`
      collected.code[name] = { expression, modules }
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
