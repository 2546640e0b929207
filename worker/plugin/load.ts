/** A plugin of the user's: a module's default export, made with its part of the configuration. */
import type { Tools } from '../plugins.ts'
import type { Json, Made } from '../types.ts'

export interface PluginUse {
  /** Of the module. */
  code: string
  name: string
  config: Json
}

interface Kind {
  /** What is made is such a plugin, as far as can be seen from outside. */
  is(plugin: unknown): boolean
  expected: string
}
export const FUNCTION: Kind = { is: (plugin) => typeof plugin === 'function', expected: 'a function' }

/** What the build has seen of the module is that it exports a default. Throws, with the plugin's name, where that makes no plugin of the kind. */
export function loadPlugin<P>({ code, name, config }: PluginUse, kind: Kind, { code: find, platform }: Pick<Made, 'code' | 'platform'>): P {
  const { default: create } = find(code) as { default: unknown }
  const log: Tools['log'] = (level, message) => platform.log(level, `${name}: ${message}`)
  const refuse = (message: string, cause?: unknown): Error => new Error(`plugin ${name}: ${message}`, { cause })
  if (typeof create !== 'function') throw refuse(`expected a default export that makes the plugin, found ${typeof create}`)
  let plugin: unknown
  try {
    plugin = (create as (config: Json, tools: Tools) => unknown)(config, { name, log, binding: (of) => platform.binding(of) })
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), error)
  }
  if (!kind.is(plugin)) throw refuse(`expected its default export to give ${kind.expected}, found ${typeof plugin}`)
  return plugin as P
}
