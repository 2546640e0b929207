/** A seeded random with what generators ask of it. */
import { createRandom, type Random } from '../fuzz/random.ts'

export interface Dice extends Random {
  /** True in so many of a hundred times. */
  chance(percent: number): boolean
  /** From one up to `most` of what `make` gives. */
  some<T>(most: number, make: (index: number) => T): T[]
  /** A JSON value of at most so many levels. */
  value(depth: number): unknown
  object(depth: number): Fields
}

export interface Fields {
  [name: string]: unknown
}

const NAMES = ['a', 'b', 'c', 'id', 'items', 'x.y', 'collection', 'data', '', 'é', 'content', 'A']
export const SCALARS: readonly unknown[] = [null, true, false, 0, 1, -7, 12.5, 3e20, '', 't', 'text é', '<b>&"', '12345678901234567890', 'a,b', '%41', 'x/y', 'x y', '?q', '#h', '{}']

export function createDice(seed: number): Dice {
  const random = createRandom(seed)
  const chance = (percent: number): boolean => random.number(100) < percent
  const some = <T>(most: number, make: (index: number) => T): T[] => Array.from({ length: 1 + random.number(most) }, (_, index) => make(index))
  const object = (depth: number): Fields => Object.fromEntries(some(4, () => [random.pick(NAMES), value(depth - 1)]))
  const value = (depth: number): unknown => {
    if (depth <= 0 || chance(30)) return random.pick(SCALARS)
    return chance(35) ? some(4, () => value(depth - 1)).slice(1) : object(depth)
  }
  return { ...random, chance, some, value, object }
}
