/** A plugin of the user's: a module's default export, made with its part of the configuration. */
import type { Tools } from '../plugins.ts'
import type { Json, Made } from '../types.ts'

export interface PluginUse {
  /** Of the module. */
  code: string
  name: string
  config: Json
}

/** What the build has seen of the module is that it exports a default. */
export function loadPlugin<P>({ code, name, config }: PluginUse, { code: find, platform }: Pick<Made, 'code' | 'platform'>): P {
  const { default: create } = find(code) as { default: (config: Json, tools: Tools) => P }
  const log: Tools['log'] = (level, message) => platform.log(level, `${name}: ${message}`)
  return create(config, { name, log, binding: (of) => platform.binding(of) })
}
