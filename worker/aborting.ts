/** Deadlines that end their calls: all of Deno's, and on Workers where other calls wait for their end. Apart, since most Workers need none. */
import type { Alarm, SetAlarm } from './alarm.ts'
import { type Deadline, LEAST_MS, type StartDeadline } from './deadline.ts'

/** Calls are ended by a signal, which also cuts a body that is still on its way. */
export const abortingBy = (setAlarm: SetAlarm): StartDeadline => (milliseconds) => new Aborting(milliseconds, setAlarm)

/** A class: an object of six functions for each request costs 1 KB, and Deno collects more often than Workers. */
class Aborting implements Deadline {
  readonly #milliseconds: number
  readonly #setAlarm: SetAlarm
  readonly #controller = new AbortController()
  #alarm: Alarm | null = null

  constructor(milliseconds: number, setAlarm: SetAlarm) {
    this.#milliseconds = milliseconds
    this.#setAlarm = setAlarm
  }
  get signal(): AbortSignal {
    const controller = this.#controller
    if (this.#milliseconds < LEAST_MS) controller.abort()
    this.#alarm ??= this.#setAlarm(this.#milliseconds, () => controller.abort())
    return controller.signal
  }
  over(): boolean {
    return this.#controller.signal.aborted
  }
  race<T>(work: Promise<T>): Promise<T> {
    return work
  }
  renew(): Deadline {
    return new Aborting(this.#milliseconds, this.#setAlarm)
  }
  clear(): void {
    this.#alarm?.cancel()
  }
  abort(): void {
    this.clear()
    this.#controller.abort()
  }
}

/** Each with a timer of its own: on Workers it belongs to the request. */
export const startAborting = abortingBy((milliseconds, ring) => {
  const timer = setTimeout(ring, milliseconds)
  return { cancel: () => clearTimeout(timer) }
})
