import { type Command, CONFIG_OPTIONS, EXIT } from '../command.ts'
import { deployedWorkers } from '../deployed.ts'
import { say, style } from '../terminal.ts'
import { currentShares, type Deployed, newestOf, shareOut } from '../versions.ts'
import { percentOf } from './deploy.ts'

export const command: Command = {
  summary: 'give the version of deploy --gradual more requests, or all',
  usage: '[PERCENT] [-c FILE] [-e ENV] [--split]',
  help: [
    '-c, --config FILE   the configuration, whose name the Worker has where there is no wrangler.toml',
    '-e, --env ENV       the environment of your wrangler.toml (default: its top level)',
    '    --split         the Workers of all groups',
    '',
    'Nothing is built and nothing uploaded: what was tried is what is served.',
  ],
  options: { config: CONFIG_OPTIONS.config, env: { type: 'string', short: 'e' }, split: { type: 'boolean' } },
  words: 1,
  async run(values, [text = '100']) {
    const percent = percentOf(text, 100)
    const workers = await deployedWorkers(values)
    if (!workers) return EXIT.refused
    for (const worker of workers) {
      const code = await promote(worker, percent)
      if (code !== EXIT.ok) return code
    }
    return EXIT.ok
  },
}

async function promote(worker: Deployed, percent: number): Promise<number> {
  const shares = await currentShares(worker)
  if (!shares) return EXIT.refused
  const [only, other] = shares
  if (!other) {
    say(`${style('bold', worker.name)}: ${only ? `all requests go to version ${only.id} already` : 'nothing is deployed'}`)
    return only ? EXIT.ok : EXIT.refused
  }
  const newest = await newestOf(worker, shares)
  const before = shares.find((share) => share !== newest)!
  const next = [{ id: newest.id, percent }, ...(percent < 100 ? [{ id: before.id, percent: 100 - percent }] : [])]
  const code = await shareOut(worker, next, `cuttle promote ${percent}`)
  if (code === EXIT.ok) say(`${style('bold', worker.name)}: ${percent} % of the requests go to version ${newest.id}${percent < 100 ? `, the others to ${before.id}` : ''}`)
  return code
}
