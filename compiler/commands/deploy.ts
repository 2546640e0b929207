import path from 'node:path'
import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, load, type Loaded, UsageError } from '../command.ts'
import { nearest } from '../diagnostics.ts'
import { bundle } from '../emit/bundle.ts'
import { importsGateway, ownMain } from '../emit/own-main.ts'
import { placeOnEdge } from '../emit/edge.ts'
import { emitModule } from '../emit/module.ts'
import { describeMissing } from '../emit/needs.ts'
import { patternOf } from '../emit/routes.ts'
import { emitSecrets } from '../emit/secrets.ts'
import { emitWrangler, type Wrangler } from '../emit/wrangler.ts'
import { type Block, blockOf, projectOf, readWrangler, type WranglerFile } from '../load/wrangler.ts'
import { type EdgeHost, hostsOf } from '../normalise/edge.ts'
import { routesSchema } from '../schema/core.ts'
import { countEndpoints, kilobytes, say, style } from '../terminal.ts'
import { currentShares, type Deployed, olderOf, shareOut, uploadVersion } from '../versions.ts'
import { type EdgeWorker, refuseOwnMain, workersOf } from '../workers.ts'
import { runWrangler } from '../wrangler.ts'
import { emitFolder, writeFolder } from '../emit/folder.ts'

/** Where wrangler finds the gateway, beside the user's wrangler.toml, which names it too. */
export const OUT = '.gateway'

export const command: Command = {
  summary: 'deploy a configuration to Cloudflare Workers',
  usage: '[-c FILE] [-e ENV] [--zone HOST,…] [--gradual PERCENT] [--split] [options of wrangler deploy]',
  help: [
    CONFIG_HELP[0],
    '-e, --env ENV       the environment of your wrangler.toml (default: its top level)',
    '    --zone HOST,…   route the paths of the endpoints, and no others, to the gateway (default: cuttle/routes)',
    '    --gradual N     so many percent of the requests go to the new version: cuttle promote goes on, cuttle rollback back',
    '    --split         a Worker for each group of endpoints: cuttle/group, or the beginning of the path',
    '',
    'wrangler.toml, wrangler.json or wrangler.jsonc is that of the configuration\'s folder, or else of the current one.',
    'Builds, writes .gateway/wrangler.json from it, and runs `wrangler deploy` with it. All other options',
    'are wrangler\'s: `cuttle deploy --dry-run --outdir dist`. Warnings that leave a door open are refused, as --strict does.',
  ],
  options: { config: CONFIG_OPTIONS.config, strict: CONFIG_OPTIONS.strict, env: { type: 'string', short: 'e' }, zone: { type: 'string' }, gradual: { type: 'string' }, split: { type: 'boolean' } },
  passesOn: true,
  async run(values, rest) {
    const percent = values.gradual === undefined ? null : percentOf(values.gradual)
    const configuration = configFile(values)
    const loaded = await load(configuration, { strict: true, target: 'cloudflare' })
    if (!loaded) return EXIT.refused
    const project = projectOf(configuration)
    const file = readWrangler(project)
    const env = chosenEnv(values.env as string | undefined, file)
    const split = values.split === true
    if (split) refuseOwnMain(file)
    const hosts = values.zone === undefined ? (env === null ? loaded.edge.hosts : []) : zonesOf(values.zone as string)
    const workers: Written[] = []
    for (const worker of workersOf(loaded, path.join(project, OUT), { split, hosts, env })) workers.push({ ...worker, wrangler: await writeForWrangler(worker, file, worker.out, worker.place) })
    const missing = new Set(workers.flatMap(({ wrangler }) => wrangler.missing.filter((found) => found.env === env)).map((found) => describeMissing(found, file)))
    for (const text of missing) say(`${style(['red', 'bold'], 'error')}: ${text}\n`)
    if (missing.size) return EXIT.refused
    for (const worker of workers) await announce(worker, file, env)
    await warnOfMain(file, env, project)
    return deployAll(workers, percent, file, env, rest)
  },
}

interface Written extends EdgeWorker {
  wrangler: Wrangler
}

/** One after the other; the first that fails ends it. */
async function deployAll(workers: readonly Written[], percent: number | null, file: WranglerFile | null, env: string | null, rest: readonly string[]): Promise<number> {
  for (const [i, { out, wrangler }] of workers.entries()) {
    const config = path.join(out, 'wrangler.json')
    const own = envArguments(env, file)
    const args = [...own, ...tsconfigArguments(env, file, rest), ...rest]
    const code = percent === null || rest.includes('--dry-run') ? await runWrangler(percent === null ? ['deploy'] : ['versions', 'upload'], ['--config', config, ...args]) : await deployGradually({ name: nameIn(wrangler.value, env), options: ['--config', config, ...own] }, config, percent, args)
    if (code === EXIT.ok) continue
    if (workers.length > 1) say(`${i} of ${workers.length} Workers are deployed: ${nameIn(wrangler.value, env)} is not, nor what follows it`)
    return code
  }
  return EXIT.ok
}

async function deployGradually(worker: Deployed, config: string, percent: number, args: readonly string[]): Promise<number> {
  const shares = await currentShares(worker)
  if (!shares?.length) {
    say(`${style(['red', 'bold'], 'error')}: ${worker.name} has no version that the other ${100 - percent} % of the requests could go to: deploy it once without --gradual`)
    return EXIT.refused
  }
  const before = await olderOf(worker, shares)
  const uploaded = await uploadVersion(config, args)
  if (typeof uploaded === 'number') return uploaded
  const code = await shareOut(worker, [{ id: uploaded, percent }, { id: before.id, percent: 100 - percent }], `cuttle deploy --gradual ${percent}`)
  if (code !== EXIT.ok) return code
  say(`${style('bold', worker.name)}: ${percent} % of the requests go to the new version ${uploaded}, the others to ${before.id}`)
  say('  cuttle promote 50 gives it more, cuttle promote all of them; cuttle rollback takes it back')
  return EXIT.ok
}

/** A part of all, as --gradual and promote take it. */
export function percentOf(value: string | boolean, most = 99): number {
  const percent = Number(String(value).replace(/%$/, ''))
  if (Number.isInteger(percent) && percent >= 1 && percent <= most) return percent
  throw new UsageError(`expected a percentage from 1 to ${most}, found ${JSON.stringify(value)}`)
}

/** `example.com`, or `api.example.com,example.org`: wrangler finds the zones. */
function zonesOf(text: string): EdgeHost[] {
  const parsed = routesSchema.safeParse({ hosts: text.split(',').map((host) => host.trim()) })
  if (parsed.success) return hostsOf(null, parsed.data.hosts ?? [])
  throw new UsageError(`--zone: ${parsed.error.issues[0]!.message}`)
}

/** Writes the folder that wrangler deploys. */
export async function writeForWrangler({ plan, secrets }: Pick<Loaded, 'plan' | 'secrets'>, file: WranglerFile | null, out: string, place: EdgeWorker['place'] | null = null): Promise<Wrangler> {
  const emitted = emitWrangler(file, plan, out)
  const wrangler = place ? { ...emitted, value: placeOnEdge(emitted.value, place) } : emitted
  writeFolder(out, { ...(await emitFolder(plan, 'cloudflare')), ...emitSecrets(secrets), 'wrangler.json': `${JSON.stringify(wrangler.value, null, 2)}\n` })
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
  throw new UsageError(`no environment ${name}: ${file ? `${file.name} ${which}` : 'there is no wrangler.toml'}${suggestion ? `; did you mean ${suggestion}?` : ''}`)
}

/** With environments in the file, wrangler wants to be told that the top level is meant. */
export const envArguments = (env: string | null, file: WranglerFile | null): string[] => (env !== null || Object.keys(blockOf(file?.value.env)).length ? [`--env=${env ?? ''}`] : [])

/** The one key that does not work in a file of another folder (emit/wrangler.ts). */
function tsconfigArguments(env: string | null, file: WranglerFile | null, rest: readonly string[]): string[] {
  const tsconfig = blockOf(blockOf(file?.value.env)[env ?? '']).tsconfig ?? file?.value.tsconfig
  return typeof tsconfig !== 'string' || rest.some((arg) => /^--tsconfig(=|$)/.test(arg)) ? [] : ['--tsconfig', path.resolve(path.dirname(file!.name), tsconfig)]
}

/** As wrangler names the Worker of an environment. */
export function nameIn(value: Block, env: string | null): string {
  const name = String(value.name)
  const own = env === null ? name : blockOf(blockOf(value.env)[env]).name
  return typeof own === 'string' ? own : `${name}-${env}`
}

async function announce({ plan, place, wrangler: { value, bound } }: Written, file: WranglerFile | null, env: string | null): Promise<void> {
  const { bytes, gzipBytes } = await bundle(emitModule(plan, 'cloudflare'))
  const block: Block = env === null ? value : { ...value, ...blockOf(blockOf(value.env)[env]) }
  say(`${style('bold', nameIn(value, env))}: ${countEndpoints(plan)} · gateway ${kilobytes(bytes)} minified, ${kilobytes(gzipBytes)} gzipped`)
  if (!file) say('  no wrangler.toml here: the gateway alone, under its own name')
  const own = bound.filter((found) => found.env === env)
  for (const { need, target } of own) say(`  ${need.name}: ${need.kind} → ${target}`)
  if (!own.length) say('  needs no bindings')
  if (place.routes.length) say(`  routes: ${place.routes.slice(0, SHOWN).map(patternOf).join(', ')}${place.routes.length > SHOWN ? ` … and ${place.routes.length - SHOWN} more` : ''}`)
  else if (place.part !== null) say('  no routes: it answers under its own address alone, unless cuttle/routes or --zone names a zone')
  if (block.build) say(`  the [build] of ${file?.name} runs too: ${String(blockOf(block.build).command)}`)
}
const SHOWN = 12

async function warnOfMain(file: WranglerFile | null, env: string | null, project: string): Promise<void> {
  const main = ownMain(file?.value ?? {}, env, OUT)
  if (main === null || (await importsGateway(path.join(project, main), path.join(project, OUT)))) return
  say(`${style(['yellow', 'bold'], 'warning')}: main in ${file!.name} is ${main}, which imports nothing of ${OUT}: the gateway is not in it. Write main = "${OUT}/cloudflare.js", or have it import ${OUT}/app.js`)
}
