/** One backend after the other; later ones may use what earlier ones answered (proxy/RULES.md §6). */
import { fail, toFailure } from '../errors.ts'
import { dataOf, isObject, member, numberText } from '../json/data.ts'
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
  const answers: (Answer | null)[] = []
  const errors: Failure[] = []
  const params: Params = new Map(request.params)
  const texts = new Map<number, Promise<string>>()
  for (const [i, backend] of backends.entries()) {
    for (const taken of steps[i]!) await take(taken, answers, params, texts)
    const outcome = await backend({ ...request, params: new Map(params) }, ctx)
    const failed = outcome.errors.length > 0 || !outcome.answer
    if (failed && i === 0 && !goesOn) return outcome
    errors.push(...outcome.errors)
    if (failed && !goesOn) break
    answers.push(outcome.answer)
    if (!outcome.answer?.complete && !goesOn) break
  }
  return combine(answers.filter((answer) => answer !== null), errors, backends.length)
}

/** Sets one parameter; leaves it where the answer has no such member. A value once taken stays as it was. */
async function take({ from, name, path }: Taken, answers: readonly (Answer | null)[], params: Params, texts: Map<number, Promise<string>>): Promise<void> {
  const answer = answers[from]
  if (!answer) return
  if (path === null) {
    if (answer.body.kind !== 'raw') return
    const text = texts.get(from) ?? answer.body.response.text()
    texts.set(from, text)
    params.set(name, await text)
    return
  }
  const value = find(dataOf(answer.body) ?? {}, path)
  if (value !== undefined) params.set(name, Array.isArray(value) ? value.map(goText).join(',') : goText(value))
}

/** Walks to the member. Where a part is missing or no object, the last part is looked up in what was reached: KrakenD's way. */
function find(data: JsonObject, path: readonly string[]): unknown {
  let object = data
  for (const part of path.slice(0, -1)) {
    const next = member(object, part)
    if (!isObject(next)) break
    object = next
  }
  return member(object, path.at(-1)!)
}

/** Go's `%v`. */
function goText(value: unknown): string {
  const number = numberText(value)
  if (number !== null) return number
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  const members = Object.entries(value as JsonObject).toSorted(([a], [b]) => byBytes(a, b)).map(([key, item]) => `${key}:${goText(item)}`)
  return `map[${members.join(' ')}]`
}
