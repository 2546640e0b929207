import path from 'node:path'
import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, load, type Loaded, oneOf, UsageError } from '../command.ts'
import { bundle } from '../emit/bundle.ts'
import { placeOnEdge } from '../emit/edge.ts'
import { emitHosting } from '../emit/hosting.ts'
import { emitFolder, writeFolder } from '../emit/folder.ts'
import { emitModule, type Target, TARGETS } from '../emit/module.ts'
import { patternOf } from '../emit/routes.ts'
import { describeReport, reportOf } from '../emit/report.ts'
import { emitSecrets, SECRETS_FILE } from '../emit/secrets.ts'
import { emitTlsFiles, missingKeys } from '../emit/tls.ts'
import { emitWrangler } from '../emit/wrangler.ts'
import { projectOf, readWrangler } from '../load/wrangler.ts'
import { countEndpoints, kilobytes, say } from '../terminal.ts'
import { refuseOwnMain, workersOf } from '../workers.ts'

export const command: Command = {
  summary: 'build a configuration for Cloudflare, workerd or Deno',
  usage: '[-c FILE] [--target cloudflare|workerd|deno] [--split] [-o DIR] [--report] [--strict]',
  help: [
    ...CONFIG_HELP,
    '    --target T      cloudflare (default): modules that wrangler bundles, and a Hono app to import',
    '                    workerd: a folder for `workerd serve DIR/config.capnp`',
    '                    deno: DIR/gateway.js for `deno run --allow-net --allow-env` and Deno Deploy',
    '    --split         cloudflare: a folder for each group of endpoints, with its wrangler.json: cuttle/group, or the beginning of the path',
    '-o, --out DIR       where to (default: .gateway)',
    '    --report        what the bundle consists of, and what each endpoint may need at worst',
  ],
  options: { ...CONFIG_OPTIONS, target: { type: 'string' }, split: { type: 'boolean' }, out: { type: 'string', short: 'o' }, report: { type: 'boolean' } },
  async run(values) {
    const target = oneOf('target', values.target, TARGETS, 'cloudflare')
    if (values.split === true && target !== 'cloudflare') throw new UsageError('--split is for --target cloudflare, where routes lead to each Worker: behind a load balancer of your own every node has all endpoints')
    const file = configFile(values)
    const loaded = await load(file, { strict: values.strict === true, target })
    if (!loaded) return EXIT.refused
    const out = (values.out as string | undefined) ?? '.gateway'
    if (values.split === true) return buildParts(loaded, projectOf(file), out)
    const files = { ...(await emitFolder(loaded.plan, target)), ...(target === 'workerd' ? emitTlsFiles(loaded.plan, file, false) : {}), ...emitSecrets(loaded.secrets), ...(target === 'cloudflare' ? {} : emitHosting(loaded.plan, target)), 'plan.json': `${JSON.stringify(loaded.plan, null, 2)}\n` }
    writeFolder(out, files)
    const { gzipBytes, metafile } = await bundle(emitModule(loaded.plan, target))
    if (values.report === true) process.stdout.write(`${describeReport(reportOf(loaded.plan, metafile))}\n`)
    say(`${out}: ${Object.keys(files).join(', ')} · ${countEndpoints(loaded.plan)} · ${kilobytes(gzipBytes)} gzipped`)
    const { secrets } = loaded.plan.bindings
    const given = secrets.filter((name) => name in loaded.secrets)
    const asked = secrets.filter((name) => !(name in loaded.secrets))
    if (given.length) say(`${given.join(', ')}: ${SECRET_HELP[target](path.join(out, SECRETS_FILE))}`)
    if (asked.length) say(target === 'cloudflare' ? `secrets of the Worker: ${asked.map((name) => `npx wrangler secret put ${name}`).join('; ')}` : `${asked.join(', ')}: have to be in the environment`)
    if (target !== 'cloudflare') for (const line of missingKeys(loaded.plan, target, out)) say(`client_tls: ${line}`)
    return EXIT.ok
  },
}

/** A folder for each group, ready for `wrangler deploy -c DIR/GROUP/wrangler.json`. */
async function buildParts(loaded: Loaded, project: string, out: string): Promise<number> {
  const wrangler = readWrangler(project)
  refuseOwnMain(wrangler)
  for (const worker of workersOf(loaded, out, { split: true, hosts: loaded.edge.hosts, env: null })) {
    const { value } = emitWrangler(wrangler, worker.plan, worker.out)
    const placed = placeOnEdge(value, worker.place)
    writeFolder(worker.out, { ...(await emitFolder(worker.plan, 'cloudflare')), ...emitSecrets(worker.secrets), 'plan.json': `${JSON.stringify(worker.plan, null, 2)}\n`, 'wrangler.json': `${JSON.stringify(placed, null, 2)}\n` })
    const { gzipBytes } = await bundle(emitModule(worker.plan, 'cloudflare'))
    say(`${worker.out}: ${String(placed.name)} · ${countEndpoints(worker.plan)} · ${kilobytes(gzipBytes)} gzipped · ${worker.place.routes.map(patternOf).join(', ') || 'no routes'}`)
  }
  return EXIT.ok
}

/** How the built gateway gets what is not in it. */
const SECRET_HELP: { readonly [T in Target]: (file: string) => string } = {
  cloudflare: (file) => `not in the bundle: npx wrangler secret bulk ${file}`,
  workerd: (file) => `not in the bundle: workerd reads them from its environment: set -a; . ${file}`,
  deno: (file) => `not in the bundle: deno run --env-file=${file} …`,
}
