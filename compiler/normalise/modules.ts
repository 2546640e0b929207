/** Modules of the user's: what they export, and what keeps them from being built, told with the configuration's findings. */
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildFailure, buildSync as BuildSync } from 'esbuild'

export interface ModuleExports {
  names: readonly string[]
  /** `hello.ts:3:7: Could not resolve "hno"` */
  problems: readonly string[]
  /** Files that it is made of, packages left out. */
  files: readonly string[]
}

/** The package's own entry, also where the package is not installed beside the configuration. */
export const PLUGINS = fileURLToPath(new URL(`../../worker/plugins${path.extname(import.meta.url)}`, import.meta.url))

/** As it will be bundled (emit/bundle.ts). */
export function exportsOf(file: string): ModuleExports {
  // The bundler is loaded where there are such modules.
  const { buildSync } = createRequire(import.meta.url)('esbuild') as { buildSync: typeof BuildSync }
  try {
    const { metafile } = buildSync({ entryPoints: [file], bundle: true, format: 'esm', platform: 'neutral', mainFields: ['module', 'main'], conditions: ['workerd', 'worker'], external: ['cloudflare:*', 'node:*'], alias: { 'cuttle/plugins': PLUGINS }, metafile: true, write: false, outfile: 'plugin.js', logLevel: 'silent' })
    return { names: Object.values(metafile.outputs).flatMap((output) => output.exports), problems: [], files: Object.keys(metafile.inputs).filter((input) => !input.includes('node_modules/')).map((input) => path.resolve(input)) }
  } catch (error) {
    const { errors } = error as BuildFailure
    if (!Array.isArray(errors)) throw error
    return { names: [], files: [], problems: errors.map(({ text, location }) => (location ? `${path.basename(location.file)}:${location.line}:${location.column + 1}: ${text}` : text)) }
  }
}
