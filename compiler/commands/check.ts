import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, load, oneOf } from '../command.ts'
import { TARGETS } from '../emit/module.ts'
import { say } from '../terminal.ts'

export const command: Command = {
  summary: 'check a configuration: everything it has wrong, with line and column',
  usage: '[-c FILE] [--target cloudflare|workerd|deno] [--strict] [--json]',
  help: [...CONFIG_HELP, '    --target T      where it will run: what only other targets have is an error', '    --json          findings as JSON, one a line, on standard output'],
  options: { ...CONFIG_OPTIONS, target: { type: 'string' }, json: { type: 'boolean' } },
  async run(values) {
    const target = values.target === undefined ? null : oneOf('target', values.target, TARGETS, 'cloudflare')
    const loaded = await load(configFile(values), { strict: values.strict === true, json: values.json === true, target })
    if (loaded) say('Syntax OK!')
    return loaded ? EXIT.ok : EXIT.refused
  },
}
