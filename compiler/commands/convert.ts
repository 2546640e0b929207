import path from 'node:path'
import { type Command, configFile, EXIT, oneOf, refusedBy } from '../command.ts'
import { NOTATIONS, type Notation, toVersion, write } from '../convert.ts'
import { UserError } from '../diagnostics.ts'
import { readConfiguration } from '../load/read.ts'
import type { Source } from '../load/source.ts'
import { say, style } from '../terminal.ts'
import { writeUserFile } from '../user-files.ts'

export const command: Command = {
  summary: 'write a configuration for another version, or as JSON, YAML, TOML or TypeScript',
  usage: '[-c FILE] [--to 3|4] [--format json|yaml|toml|ts] [-o FILE]',
  help: [
    '-c, --config FILE   the configuration; of a template what it makes is converted',
    '    --to VERSION    3 for KrakenD 2, 4 for KrakenD 3 (default: as it is)',
    `    --format F      ${NOTATIONS.join(', ')} (default: by the ending of --out, or json)`,
    '-o, --out FILE      where to (default: standard output)',
    '',
    'Comments are not kept. What the other version lacks is told on standard error.',
  ],
  options: { config: { type: 'string', short: 'c' }, to: { type: 'string' }, format: { type: 'string' }, out: { type: 'string', short: 'o' } },
  async run(values) {
    const out = values.out as string | undefined
    const notation = oneOf('format', values.format ?? (out && notationOf(out)), NOTATIONS, 'json')
    const to = values.to === undefined ? null : oneOf('to', values.to, ['3', '4'] as const, '4')
    const source = await read(configFile(values))
    if (!source) return EXIT.refused
    if (typeof source.value !== 'object' || source.value === null || Array.isArray(source.value)) throw new UserError(`${source.file}: expected an object`)
    const { value, notes } = to === null ? { value: source.value as { readonly [key: string]: unknown }, notes: [] } : toVersion(source.value, to === '3' ? 3 : 4)
    for (const note of notes) say(`${style(['yellow', 'bold'], 'warning')}: ${note}`)
    const text = write(value, notation)
    if (out === undefined) process.stdout.write(text)
    else writeUserFile(out, text)
    return EXIT.ok
  },
}

const notationOf = (file: string): Notation => {
  const ending = path.extname(file)
  return ending === '.yaml' || ending === '.yml' ? 'yaml' : ending === '.toml' ? 'toml' : /^\.[cm]?[jt]s$/.test(ending) ? 'ts' : 'json'
}

/** Without the environment's KRAKEND_*: what is written is the file. */
const read = (file: string): Promise<Source | null> =>
  refusedBy(() => readConfiguration(file, Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KRAKEND_')))))
