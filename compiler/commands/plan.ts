import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, load } from '../command.ts'

export const command: Command = {
  summary: 'print the plan: what a configuration means, in full, as JSON',
  usage: '[-c FILE] [--strict]',
  help: CONFIG_HELP,
  options: CONFIG_OPTIONS,
  async run(values) {
    const loaded = await load(configFile(values), { strict: values.strict === true })
    if (!loaded) return EXIT.refused
    process.stdout.write(`${JSON.stringify(loaded.plan, null, 2)}\n`)
    return EXIT.ok
  },
}
