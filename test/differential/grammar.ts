/** Random texts of a language: `<name>` in an alternative stands for another of the grammar's. */
import type { Dice } from './dice.ts'

export interface Grammar {
  readonly [name: string]: {
    /** They end: none leads back to itself. */
    plain: readonly string[]
    nested?: readonly string[]
  }
}

export function createText(dice: Dice, grammar: Grammar): (name: string, depth: number) => string {
  const text = (name: string, depth: number): string => {
    const { plain, nested } = grammar[name]!
    const chosen = dice.pick(nested && depth > 0 && dice.chance(70) ? nested : plain)
    return chosen.replace(/<([a-z]+)>/g, (_, inner: string) => text(inner, depth - 1))
  }
  return text
}
