/** Numbers that look random and come again with the same seed (mulberry32). */
export interface Random {
  /** A whole number from 0 up to, but not including, `below`. */
  number(below: number): number
  pick<T>(items: readonly T[]): T
  bytes(length: number): Buffer<ArrayBuffer>
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const number = (below: number): number => next() % below
  return {
    number,
    pick: (items) => items[number(items.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => number(256))),
  }
}
