/** One backend after the other; later ones may use what earlier ones answered (proxy/RULES.md §6). */
import { fail, toFailure } from '../errors.ts'
import { dataOf, isDouble, isObject, member, numberText } from '../json/data.ts'
import { printNumber, printSingle } from '../json/go-number.ts'
import { once } from '../pipeline.ts'
import { byBytes } from '../url.ts'
import type { Answer, Context, CreateMerge, Failure, GatewayRequest, Handler, JsonObject, Outcome, Params } from '../types.ts'
import { combine } from './combine.ts'

export interface SequenceOptions {
  timeoutMs: number
  /** What each step's parameters take from earlier answers. */
  steps: readonly (readonly Taken[])[]
  /** Behind errors too: a workflow's ignore_errors. */
  goesOn: boolean
}
export interface Taken {
  /** The step whose answer is asked. */
  from: number
  /** The parameter: `Resp0_id`. */
  name: string
  /** Member within member; null: the whole text of a no-op answer. */
  path: readonly string[] | null
}

export const merge: CreateMerge<SequenceOptions> = (options, { platform }, backends) => {
  return async (request, ctx) => {
    const deadline = platform.startDeadline(options.timeoutMs)
    try {
      return await runSteps(options, backends, request, { ...ctx, deadline })
    } catch (error) {
      return fail(toFailure(error, deadline))
    } finally {
      deadline.clear()
    }
  }
}

async function runSteps({ steps, goesOn }: SequenceOptions, backends: readonly Handler<'backend'>[], request: GatewayRequest, ctx: Context): Promise<Outcome> {
  const answers: Answered[] = []
  const errors: Failure[] = []
  const params: Params = new Map(request.params)
  const texts: Params = new Map()
  for (const [i, backend] of backends.entries()) {
    for (const taken of steps[i]!) await take(taken, answers, params, texts)
    const { answer, errors: failures } = await backend({ ...request, params: new Map(params) }, ctx)
    const failed = failures.length > 0 || !answer
    if (failed && i === 0 && !goesOn) return { answer, errors: failures }
    errors.push(...failures)
    if (failed && !goesOn) break
    answers.push({ answer, data: once(() => answer && dataOf(answer.body)), text: once(() => (answer?.body.kind === 'raw' ? answer.body.response.text() : undefined)) })
    if (!answer?.complete && !goesOn) break
  }
  return combine(answers.map(({ answer }) => answer).filter((answer) => answer !== null), errors, backends.length)
}

interface Answered {
  answer: Answer | null
  /** No-op answers have an empty object, failed steps and `null` have none. */
  data: () => JsonObject | null
  /** A no-op answer's body. */
  text: () => Promise<string> | undefined
}

/** Sets one parameter; leaves it where the answer has no such member. A text once taken stays as it was. */
async function take({ from, name, path }: Taken, answers: readonly Answered[], params: Params, texts: Params): Promise<void> {
  const answered = answers[from]
  if (!answered?.answer || texts.get(name)) return
  const value = path === null ? await answered.text() : find(rootOf(from, answers), path)
  if (value === undefined) return
  texts.set(name, Array.isArray(value) ? value.map(goText).join(',') : isDouble(value as object) ? printSingle(Number(numberText(value))) : goText(value))
  params.set(name, texts.get(name)!)
}

type Root = (key: string) => unknown

/** KrakenD merges into the first answer that has data, so that one has what the later ones brought (lura's combineData). */
function rootOf(from: number, answers: readonly Answered[]): Root {
  const own = answers[from]!.data() ?? {}
  if (from !== answers.findIndex(({ data }) => data() !== null)) return (key) => member(own, key)
  return (key) => {
    for (let i = answers.length - 1; i > from; i--) {
      const value = member(answers[i]!.data() ?? {}, key)
      if (value !== undefined) return value
    }
    return member(own, key)
  }
}

/** Walks to the member. Where a part is missing or no object, the last part is looked up in what was reached: KrakenD's way. */
function find(root: Root, path: readonly string[]): unknown {
  let reached = root
  for (const part of path.slice(0, -1)) {
    const next = reached(part)
    if (!isObject(next)) break
    reached = (key) => member(next, key)
  }
  return reached(path.at(-1)!)
}

/** Go's `%v`. */
function goText(value: unknown): string {
  const number = printNumber(value)
  if (number !== null) return number
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  const members = Object.entries(value as JsonObject).toSorted(([a], [b]) => byBytes(a, b)).map(([key, item]) => `${key}:${goText(item)}`)
  return `map[${members.join(' ')}]`
}
