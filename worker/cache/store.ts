/** Where answers are kept. Each store is bounded. */

/** An answer of an upstream. */
export interface Entry {
  status: number
  headers: readonly (readonly [name: string, value: string])[]
  body: Uint8Array<ArrayBuffer> | null
}
export interface Store {
  /** Larger answers are not kept. */
  largest: number
  get(key: string): Promise<Entry | undefined>
  put(key: string, entry: Entry): Promise<void>
  delete(key: string): Promise<void>
}

export interface Bounds {
  items: number
  bytes: number
}

/** In the isolate's memory: what was not asked for longest goes first. */
export function createMemoryStore({ items, bytes }: Bounds): Store {
  const entries = new Map<string, Entry>()
  let size = 0
  const remove = (key: string): void => {
    const entry = entries.get(key)
    if (!entry) return
    entries.delete(key)
    size -= sizeOf(key, entry)
  }
  return {
    largest: bytes,
    get(key) {
      const entry = entries.get(key)
      if (entry) {
        // A map keeps the order in which its keys came.
        entries.delete(key)
        entries.set(key, entry)
      }
      return Promise.resolve(entry)
    },
    put(key, entry) {
      remove(key)
      const more = sizeOf(key, entry)
      if (more >= bytes) return Promise.resolve()
      entries.set(key, entry)
      size += more
      for (const [oldest] of entries) {
        if (entries.size <= items && size <= bytes) break
        remove(oldest)
      }
      return Promise.resolve()
    },
    delete: (key) => Promise.resolve(remove(key)),
  }
}

/** `HTTP/1.1 200 OK` and the empty line behind the headers. */
const HEAD = 19
/** Keys count only as far as they are longer than most are. */
const USUAL_KEY = 500

/** As KrakenD counts: the answer as it stands in HTTP/1.1. Its keys are free; ours have headers in them, which clients may make long. */
const sizeOf = (key: string, { headers, body }: Entry): number =>
  headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, HEAD + Math.max(0, key.length - USUAL_KEY) + (body?.length ?? 0))
