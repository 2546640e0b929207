import { type Command, CONFIG_OPTIONS, EXIT } from '../command.ts'
import { deployedWorkers } from '../deployed.ts'
import { runWrangler } from '../wrangler.ts'

export const command: Command = {
  summary: 'give all requests back to the version that had them before',
  usage: '[VERSION] [-c FILE] [-e ENV] [--split] [options of wrangler rollback]',
  help: [
    '-c, --config FILE   the configuration, whose name the Worker has where there is no wrangler.toml',
    '-e, --env ENV       the environment of your wrangler.toml (default: its top level)',
    '    --split         the Workers of all groups',
    '',
    'Runs `wrangler rollback`: to the version before the last, or to the one that is named. During `deploy --gradual` that is the one',
    'which the new version was to follow. What is stored (Durable Objects, KV, queues) and routes stay as they are.',
  ],
  options: { config: CONFIG_OPTIONS.config, env: { type: 'string', short: 'e' }, split: { type: 'boolean' } },
  passesOn: true,
  async run(values, rest) {
    const workers = await deployedWorkers(values)
    if (!workers) return EXIT.refused
    for (const { name, options } of workers) {
      const code = await runWrangler(['rollback'], [...rest, '--name', name, ...options])
      if (code !== EXIT.ok) return code
    }
    return EXIT.ok
  },
}
