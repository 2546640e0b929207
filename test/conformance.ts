/**
 * `npm run conformance`: what a KrakenD 2.13 gateway answered, asked of Cuttle (test/conformance/README.md).
 *
 *     npm run conformance -- [--runtime workerd|deno|in-process] [--jobs N] [FILE|FOLDER …]
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** What is supported so far, as files and folders of cases; a folder that is not there is passed over. */
export const SUPPORTED: readonly string[] = [
  'proxy',
  'routing',
  ...['circuit-breaker', 'client-credentials', 'http-cache', 'rate-limits', 'refused-credentials-type'].map((name) => `security/${name}.json`),
  ...['bot-detector', 'cors-defaults', 'cors-listed-origins', 'cors-passthrough', 'cors-status', 'order-of-checks', 'refused-cors-age', 'refused-host-pattern', 'secure-development', 'secure-headers', 'secure-redirect', 'secure-same-host'].map((name) => `security/${name}.json`),
  ...['cel-functions', 'cel-request', 'cel-response', 'cel-token', 'json-schema'].map((name) => `security/${name}.json`),
  ...['error-messages', 'jwt-algorithms', 'jwt-claims', 'jwt-key-sets', 'jwt-local-keys', 'jwt-propagation', 'jwt-refused-local-cache', 'jwt-signer', 'jwt-where-the-token-is'].map((name) => `security/${name}.json`),
  ...['backend', 'endpoint', 'errors', 'errors-hidden', 'http', 'libraries', 'proxy-request', 'proxy-response', 'service', 'tables'].map((name) => `transform/lua-${name}.json`),
  'transform-in-folder/lua-sources.json',
  ...['graphql', 'lambda', 'martian-groups', 'martian-headers', 'martian-url-body-status'].map((name) => `transform/${name}.json`),
  ...['config-environment', 'config-loose-types', 'config-no-rest', 'config-odd', 'flexible-config', 'flexible-config-fallback', 'flexible-config-off', 'flexible-config-zero', 'yaml-json'].map((name) => `transform/${name}.json`),
  'transform/refused',
  'transform-in-folder/graphql-files.json',
  ...['flexible-config-folders', 'flexible-config-yaml', 'flexible-settings-broken', 'flexible-settings-list', 'toml', 'yaml', 'yml'].map((name) => `transform-in-folder/${name}.json`),
  'real/plain',
  'real/cors',
  'real/security',
]

/** The two that `cuttle run` knows, and the gateway inside of Node. */
export type Engine = 'workerd' | 'deno' | 'in-process'
export const ENGINES: readonly Engine[] = ['workerd', 'deno', 'in-process']

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const SHARED = here('../../shared/conformance')
export const RUNNER = here('conformance/conformance.mjs')
/** Beside the project there may be more cases than the copies in it. */
export const CASES = existsSync(SHARED) ? SHARED : here('conformance')
export const DEVIATIONS = here('deviations.json')

/** Case files below `targets`, named as they are in their folder. */
export function caseFiles(targets: readonly string[], folder: string = CASES): string[] {
  return targets.flatMap((target) => {
    const from = path.resolve(folder, target)
    if (!existsSync(from) && !target.endsWith('.json')) return []
    const files = statSync(from).isDirectory() ? globSync('**/*.json', { cwd: from }).map((file) => path.join(from, file)) : [from]
    return files.map((file) => path.relative(folder, file)).toSorted()
  })
}

/** As one word of a shell's. */
export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Starts a gateway of {config} on {port}. Cases with files beside their configuration want its folder as the working folder. */
export function startCommand(engine: Engine, inFolder: boolean): string {
  const program = engine === 'in-process' ? quoted(here('in-process.ts')) : `${quoted(here('../compiler/cli.ts'))} run --runtime ${engine}`
  return `${inFolder ? 'env PWD={folder} ' : ''}${quoted(process.execPath)} ${program} -c {config} -p {port}`
}

export interface Outcome {
  passed: number
  failed: number
  skipped: number
  /** What the runner printed: each difference. */
  output: string
}

/** Runs case files against a gateway in an engine. */
export async function check(engine: Engine, files: readonly string[], jobs: number, show: (text: string) => void = () => undefined): Promise<Outcome> {
  const total: Outcome = { passed: 0, failed: 0, skipped: 0, output: '' }
  const needsFolder = (file: string): boolean => file.startsWith('transform-in-folder')
  for (const inFolder of [false, true]) {
    const some = files.filter((file) => needsFolder(file) === inFolder)
    if (!some.length) continue
    const output = await runRunner(['check', '--start', startCommand(engine, inFolder), '--deviations', DEVIATIONS, '--jobs', String(jobs), ...some], show)
    const [, passed, failed, skipped = 0] = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m.exec(output) ?? []
    if (passed === undefined) throw new Error(`the conformance runner failed:\n${output}`)
    total.passed += Number(passed)
    total.failed += Number(failed)
    total.skipped += Number(skipped)
    total.output += output
  }
  return total
}

/** Gives what it printed, on both streams. */
function runRunner(args: readonly string[], show: (text: string) => void): Promise<string> {
  const child = spawn(process.execPath, [RUNNER, ...args], { cwd: CASES, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      show(text)
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(output))
  })
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { runtime: { type: 'string', default: ['workerd', 'deno'], multiple: true }, jobs: { type: 'string', default: '2' } },
    allowPositionals: true,
  })
  const engines = values.runtime.map((name) => ENGINES.find((engine) => engine === name))
  const files = caseFiles(positionals.length ? positionals : SUPPORTED)
  if (engines.includes(undefined) || !files.length) {
    console.error(`usage: npm run conformance -- [--runtime ${ENGINES.join('|')}] [--jobs N] [FILE|FOLDER …]`)
    return 2
  }
  const totals: string[] = []
  let failed = 0
  for (const engine of engines.filter((name) => name !== undefined)) {
    console.log(`${engine}: ${files.length} files of ${path.relative(process.cwd(), CASES)}`)
    const outcome = await check(engine, files, Number(values.jobs), (text) => void process.stdout.write(text))
    totals.push(`${engine}: ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`)
    failed += outcome.failed + (outcome.passed ? 0 : 1)
  }
  console.log(totals.join('\n'))
  return failed ? 1 : 0
}

if (import.meta.main) process.exitCode = await main()
