/** Plugins are listed by their names, and each has a block under its own; KrakenD 3 lists them with their blocks. */
import { z } from 'zod'
import { nearest } from '../../compiler/diagnostics.ts'
import type { FeaturePlace } from '../../compiler/feature.ts'
import { type ExtraConfig, reportUnknownKeys } from '../../compiler/schema/namespaces.ts'
import type { PluginUse } from '../../worker/plugin/load.ts'
import type { Json } from '../../worker/types.ts'

const ownKeys = {
  name: z.union([z.string(), z.array(z.string())]).optional(),
  plugins: z.array(z.looseObject({ name: z.string(), config: z.unknown().optional() })).optional(),
}

/** The block of a kind of plugins. `builtIn`: what Cuttle has itself, and its block. Keys under other names belong to plugins. */
export const pluginSchema = <S extends z.ZodRawShape>(builtIn: S) => z.looseObject({ ...ownKeys, ...builtIn }).transform((block) => block)

export interface Listed {
  name: string
  config: Json
}

export function listPlugins(block: ExtraConfig, { at, report }: FeaturePlace): Listed[] {
  const { name, plugins } = block as z.infer<z.ZodObject<typeof ownKeys>>
  const names = typeof name === 'string' ? [name] : (name ?? [])
  reportUnknownKeys(block, [...Object.keys(ownKeys), ...names], at, report)
  return [...names.map((one) => ({ name: one, config: (block[one] ?? {}) as Json })), ...(plugins ?? []).map((one) => ({ name: one.name, config: (one.config ?? {}) as Json }))]
}

/**
 * The user's module: a file, `./plugins/hello.ts`, or one of that name in the folder of plugins. null: there is none, or it can't be
 * built; that is reported, since a plugin may be a guard.
 */
export function usePlugin({ name, config }: Listed, builtIn: readonly string[], place: FeaturePlace): PluginUse | null {
  const file = fileOf(name, place)
  const at = [...place.at, 'name']
  if (file === null) {
    const suggestion = nearest(name, builtIn)
    place.report.warn(at, 'not-supported', `there is no plugin ${name}, neither as a file nor in ${place.pluginFolder}: it does nothing`, { opensDoor: true, ...(suggestion && { suggestion }) })
    return null
  }
  const { names, problems } = place.exportsOf(file)
  for (const problem of problems) place.report.error(at, 'bad-plugin', `${name}: ${problem}`)
  if (!problems.length && !names.includes('default')) place.report.error(at, 'bad-plugin', `${name}: expected a default export, which makes the plugin, found ${names.join(', ') || 'none'}`)
  return { code: place.module(file)!, name, config }
}

function fileOf(name: string, { module, pluginFolder }: FeaturePlace): string | null {
  if (/\.[cm]?[jt]sx?$/.test(name)) return module(name) && name
  const folder = pluginFolder.replace(/\/+$/, '')
  return ['.ts', '.js', '.mjs', '/index.ts', '/index.js'].map((ending) => `${folder}/${name}${ending}`).find((file) => module(file) !== null) ?? null
}
