/**
 * Waiting. A script that calls http_response or coroutines is compiled to generators: a call of such a function gives a generator
 * that has not begun, and its caller runs it by `yield*`. Two things are yielded: a promise, which goes to whoever drives the
 * script, and a coroutine's values, which end its `resume`. Scripts without either are plain functions and see none of this.
 */
import type { Result, Value } from './value.ts'

export type Pending = Generator<unknown, Result, unknown>

/** What coroutine.yield hands to resume. */
export interface Yielded {
  readonly yielded: readonly Value[]
}

/** A constructor only for instanceof: every generator inherits from this prototype. */
const PendingClass = function (): void {} as unknown as { new (): Pending; prototype: unknown }
PendingClass.prototype = Object.getPrototypeOf(function* () {}).prototype
export { PendingClass as Generators }

export const isPending = (value: unknown): value is Pending => value instanceof PendingClass

/** A tail call beyond so many is handed to the caller, which makes it in the frame's stead (operate.ts, tail). */
export interface Bounce extends Array<Value> {
  go(): Result
}
export const isBounce = (value: unknown): value is Bounce => Array.isArray(value) && 'go' in value

/** What a call gave in the end, where the script waits: tail calls are generators that were handed up. */
export function* finish(result: Result): Generator<unknown, Value | readonly Value[], unknown> {
  let settled = result
  while (isPending(settled)) settled = yield* settled
  return settled
}

/** `next` with the result, at once or when it is there. */
export const after = <T extends Result>(result: Result, next: (settled: Value | readonly Value[]) => T): T | Pending =>
  isPending(result)
    ? (function* () {
        return next(yield* finish(result))
      })()
    : next(result)

/** Runs a script's generator: at once if it waits for nothing. */
export function drive(pending: Result): Value | readonly Value[] | Promise<Value | readonly Value[]> {
  if (!isPending(pending)) return pending
  const steps = finish(pending)
  const step = steps.next()
  return step.done ? step.value : wait(steps, step.value)
}

async function wait(steps: Generator<unknown, Value | readonly Value[], unknown>, first: unknown): Promise<Value | readonly Value[]> {
  let waiting = first
  for (;;) {
    let step
    try {
      step = steps.next(await waiting)
    } catch (error) {
      step = steps.throw(error)
    }
    if (step.done) return step.value
    waiting = step.value
  }
}

/** A generator that waits for nothing, to its end. */
export function runThrough<T>(steps: Generator<unknown, T, unknown>): T {
  const step = steps.next()
  if (!step.done) throw new Error('a script that was compiled as one that never waits, waits')
  return step.value
}
