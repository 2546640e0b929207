/** A bounded memory of what was asked for lately: two generations, the older of which is forgotten when the younger is full. */

export interface Recent<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
}

/** Holds `most` in all at least, and twice as much at most; `weigh` says how much an entry counts. */
export function createRecent<V>(most: number, weigh: (key: string) => number = () => 1): Recent<V> {
  let young = new Map<string, V>()
  let old = new Map<string, V>()
  let weight = 0
  const set = (key: string, value: V): void => {
    if (!young.has(key)) weight += weigh(key)
    if (weight > most) {
      old = young
      young = new Map()
      weight = weigh(key)
    }
    young.set(key, value)
  }
  return {
    set,
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const older = old.get(key)
      if (older !== undefined) set(key, older)
      return older
    },
  }
}
