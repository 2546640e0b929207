/**
 * How long calls may take. A timer starts with the first call, so a stage that gives its calls a deadline of their own costs
 * no second timer. Each platform has one of the two kinds (Platform.startDeadline).
 */

export interface Deadline {
  /** Ends calls that can be ended; null where the platform ends them itself once the answer is out. */
  readonly signal: AbortSignal | null
  /** True once the time is up. */
  over(): boolean
  /** `work`, or `late` if the time is up first. */
  race<T>(work: Promise<T>, late: T): Promise<T>
  /** As much time again, from the next call on. */
  renew(): Deadline
  /** Work is done: nothing happens any more. */
  clear(): void
  /** Ends the calls that are still under way. */
  abort(): void
}
export type StartDeadline = (milliseconds: number) => Deadline

/**
 * No call takes less: a shorter or negative time is up at once. Configurations have such, since a number without a unit counts
 * nanoseconds (transform/RULES.md §6), and timers know milliseconds only.
 */
export const LEAST_MS = 0.05

/**
 * Calls are left behind, and the platform ends them with the request: on Workers, where a signal costs more than the timer
 * (bench/NOTES.md). A body whose headers came in time is not cut.
 */
export const startAbandoning: StartDeadline = (milliseconds) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let late = milliseconds < LEAST_MS
  let waiting: (() => void)[] = []
  const end = (): void => {
    late = true
    for (const resolve of waiting) resolve()
    waiting = []
  }
  return {
    signal: null,
    over: () => late,
    race(work, otherwise) {
      if (late) return Promise.resolve(otherwise)
      timer ??= setTimeout(end, milliseconds)
      return new Promise((resolve, reject) => {
        waiting.push(() => resolve(otherwise))
        work.then(resolve, reject)
      })
    },
    renew: () => startAbandoning(milliseconds),
    clear: () => clearTimeout(timer),
    abort: end,
  }
}
