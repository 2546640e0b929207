/**
 * On Workers six connections at a time may wait for response headers; the platform lets a seventh wait in silence, while its timer
 * runs. Endpoints that call more at once take turns here instead, and a call's time begins when it is its turn.
 */
export interface Slots {
  /** Waits for a turn. null: there is one at once. */
  take(): Promise<void> | null
  /** The headers have come, or the call is over. */
  free(): void
}

export function createSlots(count: number): Slots {
  let left = count
  const waiting: (() => void)[] = []
  return {
    take() {
      if (left > 0) {
        left--
        return null
      }
      return new Promise((resolve) => waiting.push(resolve))
    },
    free() {
      const next = waiting.shift()
      if (next) next()
      else left++
    },
  }
}
