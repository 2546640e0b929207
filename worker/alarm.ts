/**
 * One timer for all that waits equally long: what began first is due first. A timer for each request costs more than its list entry,
 * and keeps what it would end alive. Not for Workers, whose timers belong to a request.
 */

export interface Alarm {
  /** It will not ring. */
  cancel(): void
}

interface Entry {
  ring: () => void
  due: number
  before: Entry | null
  after: Entry | null
}
/** Those of one duration, in the order of their being due. */
interface Line {
  first: Entry | null
  last: Entry | null
  timer: ReturnType<typeof setTimeout> | null
}

/** Timers count in 32 bits; who waits longer sleeps again. */
const LONGEST_MS = 2 ** 31 - 1

export type SetAlarm = (milliseconds: number, ring: () => void) => Alarm

/** Durations come from the configuration: so many lines. */
export function createAlarms(now: () => number = () => performance.now()): SetAlarm {
  const lines = new Map<number, Line>()
  const wake = (line: Line): void => {
    line.timer = null
    while (line.first && line.first.due <= now()) {
      const { ring } = line.first
      remove(line, line.first)
      ring()
    }
    arm(line)
  }
  const arm = (line: Line): void => {
    if (line.first && line.timer === null) line.timer = setTimeout(wake, Math.min(Math.max(0, line.first.due - now()), LONGEST_MS), line)
  }
  return (milliseconds, ring) => {
    let line = lines.get(milliseconds)
    if (!line) lines.set(milliseconds, (line = { first: null, last: null, timer: null }))
    const own = line
    const entry: Entry = { ring, due: now() + milliseconds, before: own.last, after: null }
    if (own.last) own.last.after = entry
    else own.first = entry
    own.last = entry
    arm(own)
    return { cancel: () => remove(own, entry) }
  }
}

/** The timer stays as it is: it finds nobody, or the next one. */
function remove(line: Line, entry: Entry): void {
  if (entry.before) entry.before.after = entry.after
  else if (line.first === entry) line.first = entry.after
  else return
  if (entry.after) entry.after.before = entry.before
  else line.last = entry.before
  entry.before = entry.after = null
}
