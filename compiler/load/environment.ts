/**
 * `KRAKEND_TIMEOUT=3s` goes before the file's `timeout`; a dot leads into an object, as in `KRAKEND_TLS.DISABLED`. Names of no key count
 * for nothing (transform/RULES.md §6).
 */
import type { Path } from '../diagnostics.ts'
import { SERVICE_KEYS } from '../schema/service.ts'
import type { Source } from './source.ts'

export type Environment = { readonly [name: string]: string | undefined }

const PREFIX = 'KRAKEND_'
type Block = { [key: string]: unknown }

/** The source with what the environment says. A finding about such a value names its variable. */
export function applyEnvironment(source: Source, environment: Environment): Source {
  const given = Object.entries(environment).filter(([name, text]) => name.startsWith(PREFIX) && text !== undefined && SERVICE_KEYS.includes(keysOf(name)[0]!))
  if (!given.length || !isBlock(source.value)) return source
  const value = given.reduce<Block>((block, [name, text]) => withValue(block, keysOf(name), text!), source.value)
  const variableAt = (at: Path): string | undefined => given.find(([name]) => keysOf(name).every((key, i) => String(at[i]).toLowerCase() === key))?.[0]
  return {
    ...source,
    value,
    locate(at) {
      const variable = variableAt(at)
      return variable === undefined ? source.locate(at) : { file: variable, line: 1, column: 1 }
    },
  }
}

const keysOf = (name: string): string[] => name.slice(PREFIX.length).toLowerCase().split('.')

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keys of the file count in any letter case; the variable takes the place of all of them. */
function withValue(block: Block, [key, ...rest]: readonly string[], text: string): Block {
  const same = Object.keys(block).filter((name) => name.toLowerCase() === key)
  const before = block[same.at(-1) ?? key!]
  const kept = Object.fromEntries(Object.entries(block).filter(([name]) => !same.includes(name)))
  return { ...kept, [key!]: rest.length ? withValue(isBlock(before) ? before : {}, rest, text) : text }
}
