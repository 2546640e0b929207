import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, load } from '../command.ts'
import { say } from '../terminal.ts'

export const command: Command = {
  summary: 'check a configuration: everything it has wrong, with line and column',
  usage: '[-c FILE] [--strict] [--json]',
  help: [...CONFIG_HELP, '    --json          findings as JSON, one a line, on standard output'],
  options: { ...CONFIG_OPTIONS, json: { type: 'boolean' } },
  run(values) {
    const loaded = load(configFile(values), { strict: values.strict === true, json: values.json === true })
    if (loaded) say('Syntax OK!')
    return Promise.resolve(loaded ? EXIT.ok : EXIT.refused)
  },
}
