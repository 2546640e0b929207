import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, load } from '../command.ts'

export const command: Command = {
  summary: 'print the plan: what a configuration means, in full, as JSON',
  usage: '[-c FILE] [--strict]',
  help: CONFIG_HELP,
  options: CONFIG_OPTIONS,
  run(values) {
    const loaded = load(configFile(values), { strict: values.strict === true })
    if (!loaded) return Promise.resolve(EXIT.refused)
    process.stdout.write(`${JSON.stringify(loaded.plan, null, 2)}\n`)
    return Promise.resolve(EXIT.ok)
  },
}
