/** Something for each key, for a bounded number of keys: those that were not asked for longest are forgotten. */

/** Two generations are kept: so many keys are remembered at least, and twice as many at most. */
const GENERATION = 50_000
/** Clients choose headers, and so how long keys are: a generation ends at this many characters of keys too. */
const GENERATION_CHARACTERS = 4_000_000

export function createKeyed<T>(make: () => T): (key: string) => T {
  let young = new Map<string, T>()
  let old = new Map<string, T>()
  let characters = 0
  return (key) => {
    let found = young.get(key)
    if (found !== undefined) return found
    found = old.get(key) ?? make()
    if (young.size >= GENERATION || characters >= GENERATION_CHARACTERS) {
      old = young
      young = new Map()
      characters = 0
    }
    young.set(key, found)
    characters += key.length
    return found
  }
}
