/** Coroutines: generators that resume steps, while what they wait for goes on to whoever drives the script (suspend.ts). */
import { isOverflow } from '../../errors.ts'
import { all } from '../operate.ts'
import { isLuaError, raise, spend, type State, throwValue, where } from '../state.ts'
import { finish, runThrough, type Yielded } from '../suspend.ts'
import { createModule, type Fn, type Result, type Thread, type Value } from '../value.ts'
import { functionOf, threadOf } from './arguments.ts'

const create = (body: Fn, wrapped: boolean): Thread => ({ kind: 'thread', status: 'suspended', body, steps: null, wrapped, depth: 0, lines: [], parent: null })

const isYielded = (value: unknown): value is Yielded => typeof value === 'object' && value !== null && 'yielded' in value

/** What a resume costs, in turns of a loop. */
const CALL_COST = 20

function* run(state: State, thread: Thread, args: readonly Value[]): Generator<unknown, Result, unknown> {
  spend(state, CALL_COST)
  const refusal = thread.status === 'dead' ? 'can not resume a dead thread' : thread.status === 'suspended' ? null : 'can not resume a running thread'
  if (refusal !== null) return thread.wrapped ? raise(state, refusal) : [false, refusal]
  const outer = { depth: state.depth, lines: state.lines, thread: state.thread, tails: state.tails }
  thread.status = 'running'
  thread.parent = state.thread
  if (outer.thread) outer.thread.status = 'normal'
  Object.assign(state, { depth: thread.depth, lines: thread.lines, thread, tails: 0 })
  try {
    const values = yield* step(state, thread, args)
    return thread.wrapped ? values : [true, ...values]
  } catch (error) {
    thread.status = 'dead'
    if (!isOverflow(error) && (!isLuaError(error) || error.final)) throw error
    const value = isLuaError(error) ? error.value : `${where(state)} stack overflow`
    return thread.wrapped ? throwValue(value) : [false, value]
  } finally {
    thread.depth = state.depth
    Object.assign(state, outer)
    if (outer.thread) outer.thread.status = 'running'
  }
}

/** To the next yield, or to the end. Promises are waited for on the way; one that fails is an error inside the coroutine. */
function* step(state: State, thread: Thread, args: readonly Value[]): Generator<unknown, readonly Value[], unknown> {
  const steps = (thread.steps ??= finish(thread.body(state, ...args)))
  let move = (): IteratorResult<unknown, Result> => steps.next(args)
  for (;;) {
    const { done, value } = move()
    if (done) {
      thread.status = 'dead'
      return all(value)
    }
    if (isYielded(value)) {
      thread.status = 'suspended'
      return value.yielded
    }
    try {
      const sent = yield value
      move = () => steps.next(sent)
    } catch (error) {
      move = () => steps.throw(error)
    }
  }
}

function* yieldValues(state: State, values: readonly Value[]): Generator<unknown, Result, unknown> {
  if (!state.thread) raise(state, 'can not yield from outside of a coroutine')
  return (yield { yielded: values } satisfies Yielded) as readonly Value[]
}

const resume = (state: State, thread: Thread, args: readonly Value[]): Result => {
  const steps = run(state, thread, args)
  return state.waits ? steps : runThrough(steps)
}

export const COROUTINE = createModule({
  create: (state, ...given) => create(functionOf(state, given, 1, 'create'), false),
  resume: (state, ...given) => resume(state, threadOf(state, given, 1, 'resume'), given.slice(1)),
  running: (state) => state.thread ?? undefined,
  status: (state, ...given) => threadOf(state, given, 1, 'status').status,
  wrap: (state, ...given) => {
    const thread = create(functionOf(state, given, 1, 'wrap'), true)
    return (own, ...args) => resume(own, thread, args)
  },
  yield: (state, ...given) => {
    const steps = yieldValues(state, given)
    return state.waits ? steps : runThrough(steps)
  },
})

