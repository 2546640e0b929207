import { type Command, CONFIG_HELP, CONFIG_OPTIONS, configFile, EXIT, inspect, oneOf, readService, UsageError } from '../command.ts'
import type { Finding } from '../diagnostics.ts'
import { dump } from '../dump.ts'
import { TARGETS } from '../emit/module.ts'
import { lint, officialSchema } from '../lint.ts'
import type { Source } from '../load/source.ts'
import { printFindings, say, writeFindings } from '../terminal.ts'

export const command: Command = {
  summary: 'check a configuration: everything it has wrong, with line and column',
  usage: '[-c FILE] [-t] [-d] [-l | -n | -s SCHEMA] [--target cloudflare|workerd|deno] [--strict] [--json]',
  help: [
    ...CONFIG_HELP,
    '    --target T      where it will run: what only other targets have is an error',
    '    --json          findings as JSON, one a line, on standard output',
    '-t, --test-routes   fail where paths can\'t stand side by side too',
    '-d, --debug         tell how the configuration is understood; -dd and -ddd tell more',
    '-i, --indent TEXT   what that is indented with (default: a tab)',
    '-l, --lint          check it against KrakenD\'s schema, from www.krakend.io',
    '-n, --lint-no-network  fail for unknown keys and wrong types too',
    '-s, --lint-schema S check it against a schema of your own: a path or an address',
  ],
  options: {
    ...CONFIG_OPTIONS,
    target: { type: 'string' },
    json: { type: 'boolean' },
    'test-routes': { type: 'boolean', short: 't' },
    debug: { type: 'boolean', short: 'd', multiple: true },
    indent: { type: 'string', short: 'i' },
    lint: { type: 'boolean', short: 'l' },
    'lint-no-network': { type: 'boolean', short: 'n' },
    'lint-schema': { type: 'string', short: 's' },
  },
  async run(values) {
    const target = values.target === undefined ? null : oneOf('target', values.target, TARGETS, 'cloudflare')
    if (['lint', 'lint-no-network', 'lint-schema'].filter((name) => values[name] !== undefined).length > 1) throw new UsageError('expected one of --lint, --lint-no-network and --lint-schema')
    const file = configFile(values)
    const strict = values.strict === true
    const { loaded, findings } = await inspect(file, { strict, json: values.json === true, target })
    const routesOnly = !loaded && !strict && values['test-routes'] !== true && findings.every(({ severity, code }) => severity === 'warning' || ROUTES.has(code)) && findings.some(({ severity }) => severity === 'error')
    if (!loaded && !routesOnly) return EXIT.refused
    if (values['lint-no-network'] === true && findings.some(({ code }) => TYPOS.has(code))) return EXIT.refused
    const schema = values.lint === true ? officialSchema : typeof values['lint-schema'] === 'string' ? () => values['lint-schema'] as string : null
    if (values.debug !== undefined || schema) {
      const { service, source } = (await readService(file))!
      if (values.debug !== undefined) process.stderr.write(dump(service, source.value as { readonly [key: string]: unknown }, Number(values.debug), (values.indent as string | undefined) ?? '\t'))
      if (schema && !(await fits(source, schema(service.version), values.json === true))) return EXIT.refused
    }
    say(routesOnly ? 'Syntax OK! But the routes are not: `cuttle run` refuses them, and so does `cuttle check -t`' : 'Syntax OK!')
    return EXIT.ok
  },
}

/** What KrakenD's check sees with -t only, and what ends KrakenD when it starts. */
const ROUTES: ReadonlySet<Finding['code']> = new Set(['endpoint-twice', 'parameter-names', 'bad-parameter'])
/** What a schema would refuse. */
const TYPOS: ReadonlySet<Finding['code']> = new Set(['unknown-key', 'unknown-namespace', 'misplaced', 'wrong-type', 'wrong-value'])

async function fits(source: Source, schema: string, json: boolean): Promise<boolean> {
  const findings = await lint(source.value, schema)
  ;(json ? writeFindings : printFindings)(findings, source)
  return !findings.length
}
