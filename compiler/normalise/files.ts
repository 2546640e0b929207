/** What features bring beside JSON: text to be emitted, the user's own modules, and files that they read. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { FeaturePlace } from '../feature.ts'
import type { Source } from '../load/source.ts'
import type { Code } from '../plan.ts'
import { exportsOf, type ModuleExports } from './modules.ts'

export interface Collected {
  code: { [name: string]: Code }
  modules: { [name: string]: string }
}
/** Values of bindings by name: what stays out of plan and bundle. */
export type Secrets = { [name: string]: string }
/** Names that run time reads, and whether it can't do without. */
export type Environment = Map<string, boolean>

export function createFiles({ resolve }: Pick<Source, 'resolve'>): { collected: Collected; secrets: Secrets; asked: Environment; namespaces: Set<string> } & Pick<FeaturePlace, 'code' | 'module' | 'exportsOf' | 'readFile' | 'readFolder' | 'secret' | 'environment' | 'kv'> {
  const collected: Collected = { code: {}, modules: {} }
  const secrets: Secrets = {}
  const asked: Environment = new Map()
  const namespaces = new Set<string>()
  const exported = new Map<string, ModuleExports>()
  return {
    collected,
    secrets,
    asked,
    namespaces,
    kv(name) {
      namespaces.add(name)
      asked.set(name, asked.get(name) === true)
    },
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
      const name = `code/${createHash('sha256').update(JSON.stringify([expression, modules])).digest('hex').slice(0, 12)}`
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
    exportsOf(file) {
      const known = exported.get(file) ?? exportsOf(resolve(file)!)
      exported.set(file, known)
      // A change of one changes the gateway: they count as read.
      for (const part of known.files) resolve(part)
      return known
    },
    readFolder(folder, maxBytes) {
      const found = resolve(folder)
      return found === null || !statSync(found).isDirectory() ? null : filesBelow(found, maxBytes)
    },
    readFile(file) {
      const found = resolve(file)
      return found === null || statSync(found).isDirectory() ? null : readFileSync(found, 'utf8')
    },
  }
}

function filesBelow(folder: string, maxBytes: number): Map<string, Uint8Array> | 'too-large' {
  const files = new Map<string, Uint8Array>()
  let left = maxBytes
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const file = path.join(folder, name)
    const stat = statSync(file)
    if (!stat.isFile()) continue
    left -= stat.size
    if (left < 0) return 'too-large'
    files.set(`/${name.split(path.sep).join('/')}`, readFileSync(file))
  }
  return files
}
