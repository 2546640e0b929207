/** The project's wrangler, and how it is run with a configuration that is not at the project's top. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { UserError } from './diagnostics.ts'

/** Runs wrangler before the user's eyes. Gives its exit code. */
export function runWrangler(command: readonly string[], args: readonly string[], env: { readonly [name: string]: string } = {}): Promise<number> {
  const words = [wranglerPath(), ...command, ...absolutePaths(args)]
  const child = spawn(process.execPath, words, { stdio: 'inherit', env: { ...QUIET, ...process.env, ...env } })
  // Ctrl-C reaches both; wrangler says when it is over.
  const onInterrupt = (): void => undefined
  const onTerminate = (): void => void child.kill('SIGTERM')
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
      resolve(code ?? 1)
    })
  })
}
const QUIET = { WRANGLER_SEND_METRICS: 'false' }

/** Asks wrangler for JSON. null: it failed, and has said why. */
export function askWrangler(args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [wranglerPath(), ...args], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...QUIET, ...process.env } })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) return resolve(parseAnswer(text))
      process.stderr.write(text)
      resolve(null)
    })
  })
}

/** Wrangler may have something to say before its answer. */
function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text.slice(Math.max(0, text.search(/^[[{]/m))))
  } catch {
    throw new UserError(`wrangler's answer is no JSON: ${text.slice(0, 200)}`)
  }
}

/** The project's own, or the one that is installed with this package. */
function wranglerPath(): string {
  for (const from of [`file://${process.cwd()}/`, import.meta.url]) {
    try {
      return path.join(path.dirname(createRequire(from).resolve('wrangler/package.json')), 'bin/wrangler.js')
    } catch {
      // Not installed there.
    }
  }
  throw new UserError('wrangler is not installed: npm install --save-dev wrangler')
}

const PATH_OPTIONS = ['--outdir', '--outfile', '--tsconfig', '--secrets-file']

/** Wrangler's bundler takes relative paths for relative to the configuration's folder; a user means the folder they are in. */
function absolutePaths(args: readonly string[]): string[] {
  return args.map((arg, i) => {
    if (PATH_OPTIONS.includes(args[i - 1] ?? '')) return path.resolve(arg)
    const [, option, value] = /^(--[a-z-]+)=(.+)$/s.exec(arg) ?? []
    return option && PATH_OPTIONS.includes(option) ? `${option}=${path.resolve(value!)}` : arg
  })
}
