/** `npm run differential -- --other COMMAND`: random configurations and requests, asked of Cuttle and of another gateway. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ENGINES, startCommand } from '../conformance.ts'
import { createDice } from './dice.ts'
import { describe, isKnown } from './difference.ts'
import { type Kind, KINDS, SMALLEST } from './kinds.ts'
import { type Commands, Player } from './play.ts'
import type { Suite } from './suite.ts'

const USAGE = `npm run differential -- --other 'COMMAND with {config} and {port}' [--kind ${Object.keys(KINDS).join('|')}]
    [--seconds 60] [--seed N] [--runtime ${ENGINES.join('|')}] [--play FILE]

Compares Cuttle with another gateway, such as a KrakenD of your own: --other 'krakend run -c {config}'. COMMAND starts it in the
foreground; the configuration names {port} too. Without --kind, the kinds take turns. A suite with differences is written to
.gateway/differential/, with what was wanted: --play FILE plays it again.
Exit code: 1 if there were differences, 0 if there were none, 2 for a wrong usage.`

const FOLDER = fileURLToPath(new URL('../../.gateway/differential/', import.meta.url))

interface Named {
  name: string
  kind: Kind
  suite: Suite
}

/** Suites without end: each has a seed of its own, so that it can be made again alone. */
function* makeSuites(kinds: readonly Kind[], seed: number): Generator<Named> {
  for (let own = seed; ; own++) for (const kind of kinds) yield { name: `${kind}-${own}`, kind, suite: KINDS[kind](createDice(own)) }
}

function readSuite(file: string): Named {
  const name = path.basename(file, '.json')
  const kind = Object.keys(KINDS).find((kind) => name.startsWith(kind)) ?? 'routes'
  return { name, kind: kind as Kind, suite: JSON.parse(readFileSync(file, 'utf8')) as Suite }
}

/** Prints what differs, until the player is stopped. Gives how many differences there were. */
async function playAll(suites: Iterable<Named>, commands: Commands, player: Player, stop: AbortSignal): Promise<number> {
  const total = { suites: 0, requests: 0, differences: 0 }
  for (const { name, kind, suite } of suites) {
    const played = await player.compare(suite, commands).catch((error: unknown) => {
      if (!stop.aborted) throw error
    })
    if (!played) break
    const found = played.found.filter((one) => !isKnown(suite, one, kind))
    total.suites++
    total.requests += suite.cases.length
    total.differences += found.length
    if (!found.length) continue
    mkdirSync(FOLDER, { recursive: true })
    const file = path.join(FOLDER, `${name}.json`)
    writeFileSync(file, played.recorded)
    console.log(`${file}\n${found.map((one) => `  ${describe(suite, one)}`).join('\n')}`)
  }
  console.log(`${total.suites} suites, ${total.requests} requests, ${total.differences} differences`)
  return total.differences
}

interface Options {
  commands: Commands
  suites: Iterable<Named>
  seconds: number
}

/** Nothing if only help is wanted. */
function readOptions(): Options | undefined {
  const text = { type: 'string' } as const
  const seeded = { ...text, default: String(Date.now() % 1_000_000) }
  const options = { other: text, kind: text, seconds: { ...text, default: '60' }, seed: seeded, runtime: { ...text, default: 'in-process' }, play: text, help: { type: 'boolean', short: 'h' } } as const
  const { values } = parseArgs({ options })
  if (values.help) return undefined
  const engine = ENGINES.find((name) => name === values.runtime)
  const kinds = Object.keys(KINDS).filter((kind) => kind === (values.kind ?? kind)) as Kind[]
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)]
  if (!values.other?.includes('{config}')) throw new Error('--other is the command that starts another gateway, with {config} in it')
  if (!kinds.length) throw new Error(`no such kind: ${values.kind}`)
  if (!engine) throw new Error(`no such runtime: ${values.runtime}`)
  if (!(seconds > 0) || !Number.isInteger(seed)) throw new Error('--seconds and --seed are numbers')
  const suites = values.play === undefined ? makeSuites(kinds, seed) : [readSuite(values.play)]
  return { commands: { other: values.other, cuttle: startCommand(engine, false) }, suites, seconds }
}

function wrongUsage(reason: string): number {
  console.error(`${reason}\n\n${USAGE}`)
  return 2
}

async function main(): Promise<number> {
  let options
  try {
    options = readOptions()
  } catch (error) {
    return wrongUsage((error as Error).message)
  }
  if (!options) return console.log(USAGE) ?? 0
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-differential-'))
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort())
  const stop = AbortSignal.any([stopped.signal, AbortSignal.timeout(options.seconds * 1000)])
  const player = new Player(folder, stop)
  try {
    const refusal = await player.refusal(SMALLEST, options.commands.other)
    if (refusal !== undefined) return wrongUsage(`the other gateway does not start: ${refusal}`)
    return (await playAll(options.suites, options.commands, player, stop)) ? 1 : 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
