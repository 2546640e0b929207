/** Plays a suite against two gateways by the conformance runner: one's answers are recorded as what is wanted of the other. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DEVIATIONS, quoted, RUNNER } from '../conformance.ts'
import type { Suite } from './suite.ts'

export interface Difference {
  /** A case's name; "starts" or "is refused" of the whole configuration. */
  case: string
  problems: readonly string[]
}

export interface Commands {
  other: string
  cuttle: string
}

/** How often what differs is asked of the other again: what it does not answer alike each time is no difference. */
const AGAIN = 2

export class Player {
  readonly #file: string
  readonly #pidFile: string
  readonly #signal: AbortSignal

  /** The folder holds all that it writes. When the signal aborts, all that runs is ended. */
  constructor(folder: string, signal: AbortSignal) {
    this.#file = path.join(folder, 'suite.json')
    this.#pidFile = path.join(folder, 'gateway.pid')
    this.#signal = signal
  }

  /** Gives the suite with the other's answers in it, and how Cuttle's differ from them. */
  async compare(suite: Suite, { other, cuttle }: Commands): Promise<{ recorded: string; found: Difference[] }> {
    const refused = await this.refusal(suite, other)
    if (refused !== undefined) writeFileSync(this.#file, JSON.stringify({ ...suite, refused: true }))
    let found = await this.#run('check', cuttle)
    for (let i = 0; i < AGAIN && found.length && refused === undefined; i++) {
      const unsteady = new Set((await this.#run('check', other)).map((one) => one.case))
      found = unsteady.has('starts') ? [] : found.filter((one) => !unsteady.has(one.case))
    }
    const why = refused === undefined ? [] : [`the other one refuses it: ${refused}`]
    return { recorded: readFileSync(this.#file, 'utf8'), found: found.map((one) => ({ ...one, problems: [...one.problems, ...why] })) }
  }

  /** Records a gateway's answers. Gives what it said if it did not start. */
  async refusal(suite: Suite, command: string): Promise<string | undefined> {
    writeFileSync(this.#file, JSON.stringify({ ...suite, refused: false }))
    const [problem] = await this.#run('record', command)
    if (problem && problem.case !== 'starts') throw new Error(`${problem.case}: ${problem.problems.join('\n')}`)
    return problem?.problems.join('\n')
  }

  async #run(mode: 'check' | 'record', command: string): Promise<Difference[]> {
    this.#signal.throwIfAborted()
    rmSync(this.#pidFile, { force: true })
    // The runner starts gateways as leaders of groups: the shell's number, which exec keeps, ends one if the runner can't.
    const start = `bash -c ${quoted(`echo $$ > ${quoted(this.#pidFile)}; exec ${command}`)}`
    const child = spawn(process.execPath, [RUNNER, mode, '--json', '--deviations', DEVIATIONS, '--start', start, this.#file], {
      detached: true,
      env: { ...process.env, TMPDIR: path.dirname(this.#file) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const end = (): void => {
      if (existsSync(this.#pidFile)) killGroup(Number(readFileSync(this.#pidFile, 'utf8')))
      child.kill('SIGKILL')
    }
    this.#signal.addEventListener('abort', end)
    await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
    this.#signal.removeEventListener('abort', end)
    this.#signal.throwIfAborted()
    return readReport(output)
  }
}

/** JSON, and a line after it. Of a gateway that did not start, no case is told besides. */
function readReport(output: string): Difference[] {
  const { report } = JSON.parse(output.slice(0, output.lastIndexOf('}') + 1)) as { report: Difference[] }
  const whole = report.find((one) => one.case === 'starts')
  return whole ? [whole] : report
}

function killGroup(pid: number): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}
