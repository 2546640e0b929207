/** What the three Lua namespaces have in common: source files, checksums, and the scripts compiled (transform/RULES.md §2). */
import { createHash } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import type { FeaturePlace } from '../../compiler/feature.ts'
import { type CompiledScripts, compileScripts } from '../../compiler/lua/compile.ts'
import type { ScriptOptions } from '../../worker/lua/script.ts'

export const scriptSchema = z.object({
  pre: z.string().optional(),
  sources: z.array(z.unknown()).optional(),
  allow_open_libs: z.boolean().optional(),
  live: z.boolean().optional(),
  md5: z.record(z.string(), z.unknown()).optional(),
})
type Raw = z.output<typeof scriptSchema> & { post?: string | undefined }

export interface NormalisedScript {
  options: ScriptOptions
  /** The scripts speak of it: of a method such as `body`. */
  mentions(name: string): boolean
}

/** null: a checksum is wrong, and KrakenD leaves the scripts out. */
export function normaliseScript(raw: Raw, place: FeaturePlace): NormalisedScript | null {
  const names = (raw.sources ?? []).filter((name) => typeof name === 'string')
  const files = new Map(names.map((name) => [name, place.readFile(name)]))
  if (!raw.live && !checksumsAgree(raw.md5, files, place)) return null
  if (raw.live && names.length) place.report.warn([...place.at, 'live'], 'read-when-built', 'the source files are read when the gateway is built, not at each request')
  const missing = names.find((name) => files.get(name) === null)
  if (missing !== undefined) {
    place.report.warn([...place.at, 'sources'], 'no-file', `there is no file ${missing}: every request fails`)
    return { options: { code: null, missing, waits: false, sources: [], pre: 0, post: 0 }, mentions: () => false }
  }
  const open = raw.allow_open_libs === true
  const scripts = { sources: names.length ? names.map((name) => files.get(name)!).join('\n') : null, pre: raw.pre ?? null, post: raw.post ?? null }
  const compiled = compileScripts(scripts, open)
  reportScripts(compiled, place)
  const code = place.code(`({ compiled: ${compiled.code}, open: ${open ? 'libraries.OPEN' : 'null'} })`, open ? { libraries: 'worker/lua/open' } : {})
  const sources = names.map((name) => [path.posix.basename(name), linesOf(files.get(name)!)] as const)
  return { options: { code, missing: '', waits: compiled.waits, sources, pre: linesOf(raw.pre ?? ''), post: linesOf(raw.post ?? '') }, mentions: compiled.mentions }
}

/** As krakend-lua counts them for its messages: without empty lines at both ends. */
const linesOf = (text: string): number => text.replace(/^\n+|\n+$/g, '').split('\n').length

/** Of a file that is no source the checksum is that of an empty text. */
function checksumsAgree(checksums: Raw['md5'], files: ReadonlyMap<string, string | null>, { at, report }: FeaturePlace): boolean {
  for (const [name, expected] of Object.entries(checksums ?? {})) {
    const found = createHash('md5').update(files.get(name) ?? '').digest('hex')
    if (expected === found) continue
    report.warn([...at, 'md5', name], 'wrong-checksum', `expected ${found}, found ${JSON.stringify(expected)}: the scripts are off, and the endpoint works without them`, { opensDoor: true })
    return false
  }
  return true
}

/** Functions that find no files here. */
const FILES = ['dofile', 'loadfile', 'popen']

function reportScripts({ problems, loadsUnknown, mentions }: CompiledScripts, { at, report }: FeaturePlace): void {
  for (const { part, message } of problems) report.warn([...at, part], 'lua-syntax', `${message.trim().replace(/\s+/g, ' ')}: every request fails`)
  if (loadsUnknown) report.warn(at, 'lua-load', 'load and loadstring know only texts that stand in the script as they are: others give nil and a message, since Workers evaluate no text at run time')
  const unknown = FILES.filter(mentions)
  if (unknown.length) report.warn(at, 'lua-files', `${unknown.join(', ')}: there are no files where the gateway runs`)
}

/** cuttle/limits, which bounds what is held in memory. */
export function maxBodyBytes({ around }: FeaturePlace): number {
  const limits = around.service?.['cuttle/limits']
  const most = typeof limits === 'object' && limits !== null && 'max_buffered_body' in limits ? limits.max_buffered_body : undefined
  return typeof most === 'number' ? most : DEFAULT_BYTES
}
/** As for other bodies (compiler/normalise/service.ts). */
const DEFAULT_BYTES = 16 * 1024 * 1024
