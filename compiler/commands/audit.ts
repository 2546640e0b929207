import { audit, type Recommendation, SEVERITIES } from '../audit.ts'
import { type Command, CONFIG_HELP, configFile, EXIT, readService } from '../command.ts'
import { UserError } from '../diagnostics.ts'
import { TemplateError } from '../../worker/template/error.ts'
import { fn, type Functions } from '../../worker/template/function.ts'
import { marshal } from '../../worker/template/json.ts'
import { createTemplates } from '../load/template/template.ts'
import { print, type Struct } from '../../worker/template/value.ts'
import { style } from '../terminal.ts'
import { readUserFile } from '../user-files.ts'

export const command: Command = {
  summary: 'audit a configuration: what could be safer or simpler, by KrakenD\'s rules',
  usage: '[-c FILE] [-s SEVERITIES] [-i RULES] [-I FILE] [-f TEMPLATE]',
  help: [
    CONFIG_HELP[0],
    `-s, --severity S    which severities, in capitals (default: ${SEVERITIES.join(',')})`,
    '-i, --ignore RULES  leave out these rules, such as 2.1.2,3.1.1',
    '-I, --ignore-file F leave out the rules of a file, one a line',
    '-f, --format T      a Go template over .Recommendations (.Rule, .Severity, .Message), with marshal and colored',
    '',
    'Exit code 1 if there is anything to tell. What does not work at all is told by `cuttle check`.',
  ],
  options: {
    config: { type: 'string', short: 'c' },
    severity: { type: 'string', short: 's' },
    ignore: { type: 'string', short: 'i' },
    'ignore-file': { type: 'string', short: 'I' },
    format: { type: 'string', short: 'f' },
  },
  async run(values) {
    const severities = words((values.severity as string | undefined) ?? SEVERITIES.join(','), ',')
    const ignored = [...words((values.ignore as string | undefined) ?? '', ','), ...ignoredBy(values['ignore-file'] as string | undefined)]
    const read = await readService(configFile(values))
    if (!read) return EXIT.refused
    const found = audit(read.service, read.source.value).filter(({ rule, severity }) => severities.includes(severity) && !ignored.includes(rule))
    process.stderr.write(values.format === undefined ? found.map(line).join('') : format(values.format as string, found))
    return found.length ? EXIT.refused : EXIT.ok
  },
}

const words = (text: string, separator: string): string[] => text.split(separator).map((word) => word.trim())

const ignoredBy = (file: string | undefined): string[] => (file === undefined ? [] : words(readUserFile(file), '\n'))

const COLORS = { CRITICAL: ['red', 'bold'], HIGH: ['red'], MEDIUM: ['yellow'], LOW: ['cyan'] } as const
const colored = (severity: string): string => style(COLORS[severity as keyof typeof COLORS] ?? [], severity)
const line = ({ rule, severity, message }: Recommendation): string => `${rule}\t[${colored(severity)}]   \t${message}\n`

const FUNCTIONS: Functions = { marshal: fn(['any'], (value) => marshal(value)), colored: fn(['any'], (value) => colored(print(value))) }

function format(template: string, found: readonly Recommendation[]): string {
  const templates = createTemplates(FUNCTIONS)
  try {
    templates.parse('audit', template)
    return templates.execute('audit', toStruct(found)).map(({ text }) => text).join('')
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new UserError(`--format: ${error.message}, at ${JSON.stringify(template.slice(error.offset, error.offset + 20))}`)
  }
}

const toStruct = (found: readonly Recommendation[]): Struct => ({
  struct: 'audit.AuditResult',
  fields: new Map<string, Struct | Struct[]>([
    ['Recommendations', found.map(({ rule, severity, message }) => ({ struct: 'audit.Recommendation', fields: new Map([['Rule', rule], ['Severity', severity], ['Message', message]]) }))],
    ['Stats', { struct: 'audit.Stats', fields: new Map() }],
  ]),
})
