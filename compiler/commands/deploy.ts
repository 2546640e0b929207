import path from 'node:path'
import { type Command, CONFIG_OPTIONS, configFile, EXIT, load, type Loaded, UsageError } from '../command.ts'
import { nearest } from '../diagnostics.ts'
import { bundle } from '../emit/bundle.ts'
import { emitModule } from '../emit/module.ts'
import { describeMissing } from '../emit/needs.ts'
import { emitSecrets } from '../emit/secrets.ts'
import { emitWrangler, type Wrangler } from '../emit/wrangler.ts'
import { type Block, blockOf, readWrangler, type WranglerFile } from '../load/wrangler.ts'
import type { Plan } from '../plan.ts'
import { kilobytes, say, style } from '../terminal.ts'
import { runWrangler } from '../wrangler.ts'
import { emitFolder, writeFolder } from './build.ts'

/** Where wrangler finds the gateway: a user's wrangler.toml names it too. */
export const OUT = '.gateway'

export const command: Command = {
  summary: 'deploy a configuration to Cloudflare Workers',
  usage: '[-c FILE] [-e ENV] [options of wrangler deploy]',
  help: [
    '-c, --config FILE   the configuration (default: krakend.json, gateway.json or config/gateway.json)',
    '-e, --env ENV       the environment of your wrangler.toml (default: its top level)',
    '',
    'Builds, writes .gateway/wrangler.json from your wrangler.toml, and runs `wrangler deploy` with it. All other options',
    'are wrangler\'s: `cuttle deploy --dry-run --outdir dist`. Warnings that leave a door open are refused, as --strict does.',
    '',
  ],
  options: { config: CONFIG_OPTIONS.config, strict: CONFIG_OPTIONS.strict, env: { type: 'string', short: 'e' } },
  passesOn: true,
  async run(values, rest) {
    const loaded = await load(configFile(values), { strict: true, target: 'cloudflare' })
    if (!loaded) return EXIT.refused
    const file = readWrangler('.')
    const env = chosenEnv(values.env as string | undefined, file)
    const wrangler = await writeForWrangler(loaded, file)
    const missing = wrangler.missing.filter((found) => found.env === env)
    for (const found of missing) say(`${style(['red', 'bold'], 'error')}: ${describeMissing(found, file)}\n`)
    if (missing.length) return EXIT.refused
    await announce(loaded.plan, wrangler, file, env)
    return runWrangler('deploy', path.join(OUT, 'wrangler.json'), [...envArguments(env, file), ...tsconfigArguments(env, file, rest), ...rest])
  },
}

/** Writes the folder that wrangler deploys. */
export async function writeForWrangler({ plan, secrets }: Pick<Loaded, 'plan' | 'secrets'>, file: WranglerFile | null): Promise<Wrangler> {
  const wrangler = emitWrangler(file, plan, OUT)
  writeFolder(OUT, { ...(await emitFolder(plan, 'cloudflare')), ...emitSecrets(secrets), 'wrangler.json': `${JSON.stringify(wrangler.value, null, 2)}\n` })
  return wrangler
}

/** The environment that --env or CLOUDFLARE_ENV names, as wrangler reads them; null is the top level. */
export function chosenEnv(option: string | undefined, file: WranglerFile | null): string | null {
  const name = option ?? process.env.CLOUDFLARE_ENV ?? ''
  if (name === '') return null
  const known = Object.keys(blockOf(file?.value.env))
  if (known.includes(name)) return name
  const suggestion = nearest(name, known)
  const which = known.length ? `has ${known.map((env) => `env.${env}`).join(', ')}` : 'has no environments'
  throw new UsageError(`no environment ${name}: ${file ? file.name : 'there is no wrangler.toml, which'} ${which}${suggestion ? `; did you mean ${suggestion}?` : ''}`)
}

/** With environments in the file, wrangler wants to be told that the top level is meant. */
const envArguments = (env: string | null, file: WranglerFile | null): string[] => (env !== null || Object.keys(blockOf(file?.value.env)).length ? [`--env=${env ?? ''}`] : [])

/** The one key that does not work in a file of another folder (emit/wrangler.ts). */
function tsconfigArguments(env: string | null, file: WranglerFile | null, rest: readonly string[]): string[] {
  const tsconfig = blockOf(blockOf(file?.value.env)[env ?? '']).tsconfig ?? file?.value.tsconfig
  return typeof tsconfig !== 'string' || rest.some((arg) => /^--tsconfig(=|$)/.test(arg)) ? [] : ['--tsconfig', tsconfig]
}

async function announce(plan: Plan, { value, bound }: Wrangler, file: WranglerFile | null, env: string | null): Promise<void> {
  const { bytes, gzipBytes } = await bundle(emitModule(plan, 'cloudflare'))
  const block: Block = env === null ? value : { ...value, name: `${String(value.name)}-${env}`, ...blockOf(blockOf(value.env)[env]) }
  say(`${style('bold', String(block.name))}: ${plan.endpoints.length} endpoints · gateway ${kilobytes(bytes)} minified, ${kilobytes(gzipBytes)} gzipped`)
  if (!file) say('  no wrangler.toml here: the gateway alone, under its own name')
  const own = bound.filter((found) => found.env === env)
  for (const { need, target } of own) say(`  ${need.name}: ${need.kind} → ${target}`)
  if (!own.length) say('  needs no bindings')
  if (block.build) say(`  the [build] of ${file?.name} runs too: ${String(blockOf(block.build).command)}`)
}
