/** The command line: finds the command and runs it. */
import { type Command, EXIT, parse, UsageError } from './command.ts'
import { nearest, UserError } from './diagnostics.ts'
import { say, style } from './terminal.ts'
import { VERSION } from './version.ts'

/** Loaded when they are called: `check` needs no bundler, and nothing but `dev` needs miniflare. */
const COMMANDS: { readonly [name: string]: () => Promise<{ command: Command }> } = {
  check: () => import('./commands/check.ts'),
  plan: () => import('./commands/plan.ts'),
  build: () => import('./commands/build.ts'),
  run: () => import('./commands/run.ts'),
  dev: () => import('./commands/dev.ts'),
  deploy: () => import('./commands/deploy.ts'),
  promote: () => import('./commands/promote.ts'),
  rollback: () => import('./commands/rollback.ts'),
  cluster: () => import('./commands/cluster.ts'),
  audit: () => import('./commands/audit.ts'),
  convert: () => import('./commands/convert.ts'),
}
const ALIASES: { readonly [name: string]: string } = { validate: 'check' }

/** Whoever reads may have seen enough (`| head -1`), and a full disk takes no log: the command ends as it would have. */
process.stderr.on('error', () => undefined)
/** What goes there is a result, which should not be cut without a word. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return
  fail(`cannot write to standard output: ${error.message}`)
  process.exit(EXIT.refused)
})

const fail = (message: string): void => say(`${style(['red', 'bold'], 'error')}: ${message}`)

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return help(args[0])
  if (name === 'version' || name === '--version' || name === '-v') {
    if (args[0] !== undefined) throw new UsageError(`unexpected ${args[0]}`)
    process.stdout.write(`Cuttle ${VERSION}\n`)
    return EXIT.ok
  }
  const command = await find(name)
  const { values, rest } = parse(command, args)
  if (values.help) return help(name)
  return command.run(values, rest)
}

async function find(name: string): Promise<Command> {
  const loadCommand = COMMANDS[ALIASES[name] ?? name]
  if (loadCommand) return (await loadCommand()).command
  const suggestion = nearest(name, Object.keys(COMMANDS))
  throw new UsageError(`unknown command ${name}${suggestion ? `: did you mean ${suggestion}?` : ''}`)
}

async function help(name: string | undefined): Promise<number> {
  if (name === undefined) {
    const rows = await Promise.all(Object.keys(COMMANDS).map(async (known) => `  ${known.padEnd(8)} ${(await find(known)).summary}`))
    process.stdout.write(`Cuttle ${VERSION}: compiles a KrakenD configuration into one function for the edge.

usage: cuttle COMMAND [options]

${rows.join('\n')}
  version  print the version

\`cuttle COMMAND --help\` tells more. Exit codes: 0 done, 1 the configuration is refused or the gateway failed, 255 wrong usage.
`)
    return EXIT.ok
  }
  const command = await find(name)
  // What is said of all of it stands below the options, behind an empty line.
  const [options = '', ...notes] = command.help.map((line) => (line ? `  ${line}` : '')).join('\n').trimEnd().split('\n\n')
  const text = [command.summary, `usage: cuttle ${name} ${command.usage}`, `${options}\n  -h, --help          this text`, ...notes].join('\n\n')
  process.stdout.write(`${text}\n`)
  return EXIT.ok
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  // A mistake of the user's is told in one line; anything else is ours, and shows where it happened.
  const ours = !(error instanceof UserError)
  fail(ours ? ((error as Error).stack ?? String(error)) : error.message)
  const name = process.argv[2] ?? ''
  if (error instanceof UsageError) say(Object.hasOwn(COMMANDS, ALIASES[name] ?? name) ? `\`cuttle ${name} --help\` tells what it takes` : '`cuttle --help` lists the commands')
  process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.refused
}
