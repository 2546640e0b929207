/** `gateway.config.ts`: a module whose default export is the configuration. It is bundled and run once, when it is loaded. */
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type BuildFailure, type Message } from 'esbuild'
import { createModulePlaces } from './module-places.ts'
import { type Source, UnreadableError } from './source.ts'

/** `cuttle/config`, also where the package is not installed: beside this file, as TypeScript or as JavaScript. */
const DEFINE = fileURLToPath(new URL(`../define${path.extname(import.meta.url)}`, import.meta.url))

/** Throws UnreadableError where the module does not build, fails, or exports no configuration. */
export async function readModule(source: Source): Promise<Source> {
  const file = path.resolve(source.file)
  const code = await bundleModule(source, file)
  const exported = await run(source, code)
  const value = exported === undefined ? undefined : (JSON.parse(JSON.stringify(exported)) as unknown)
  if (typeof value !== 'object' || value === null) throw refusal(source, `expected the configuration as the default export, found ${exported === undefined ? 'none' : typeof exported}`)
  return { ...source, value, locate: createModulePlaces(code, file) }
}

async function bundleModule(source: Source, file: string): Promise<string> {
  const place = { 'import.meta.url': JSON.stringify(pathToFileURL(file).href), 'import.meta.dirname': JSON.stringify(path.dirname(file)), 'import.meta.filename': JSON.stringify(file) }
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [file], bundle: true, write: false, metafile: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent',
      sourcemap: 'inline', sourcesContent: false, outfile: `${file}.js`, alias: { 'cuttle/config': DEFINE }, define: place,
    })
    for (const input of Object.keys(metafile.inputs)) if (path.resolve(input) !== DEFINE && path.resolve(input) !== file) source.files.add(input)
    return outputFiles[0]!.text
  } catch (error) {
    const { errors } = error as BuildFailure
    if (!Array.isArray(errors)) throw error
    for (const { location } of errors) if (location) source.files.add(location.file)
    throw new UnreadableError(source, errors.map(({ text }: Message) => ({ code: 'not-a-module', message: text })), errors.map(({ location }: Message) => positionOf(source, location)))
  }
}

const positionOf = (source: Source, location: Message['location']) =>
  location ? { line: location.line, column: location.column + 1, ...(path.resolve(location.file) !== path.resolve(source.file) && { file: location.file }) } : { line: 1, column: 1 }

/** A promise will do as the default export. */
async function run(source: Source, code: string): Promise<unknown> {
  const { log, info, debug } = console
  // What commands print is for scripts.
  Object.assign(console, { log: console.error, info: console.error, debug: console.error })
  try {
    const module = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as { default?: unknown }
    return await module.default
  } catch (error) {
    throw refusal(source, `the module failed: ${(error as Error)?.message ?? String(error)}`)
  } finally {
    Object.assign(console, { log, info, debug })
  }
}

const refusal = (source: Source, message: string): UnreadableError => new UnreadableError(source, [{ code: 'not-a-module', message }], [{ line: 1, column: 1 }])
