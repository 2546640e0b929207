/** What templates are parsed to. `offset` is where it stands in its file. */

export type Node =
  | { kind: 'text'; offset: number; text: string }
  | { kind: 'action'; offset: number; pipe: Pipe }
  | { kind: 'if' | 'with' | 'range'; offset: number; pipe: Pipe; body: readonly Node[]; otherwise: readonly Node[] }
  | { kind: 'template'; offset: number; name: string; pipe: Pipe | null }
  | { kind: 'break' | 'continue'; offset: number }

export interface Pipe {
  kind: 'pipe'
  offset: number
  /** Variables that take its value: made by `:=`, or found by `=`. */
  variables: readonly string[]
  assigns: boolean
  commands: readonly Command[]
}

export interface Command {
  offset: number
  /** The first is the function, or the only value. */
  operands: readonly Operand[]
}

export type Operand =
  | Pipe
  | { kind: 'dot' | 'nil'; offset: number }
  | { kind: 'bool'; offset: number; value: boolean }
  | { kind: 'string'; offset: number; value: string }
  /** Both forms that the text can be read in; `ideal` is the one it has where any value will do. */
  | { kind: 'number'; offset: number; text: string; int: bigint | null; float: number | null; ideal: bigint | number | null }
  | { kind: 'field'; offset: number; names: readonly string[] }
  | { kind: 'variable'; offset: number; name: string; names: readonly string[] }
  | { kind: 'function'; offset: number; name: string }
  | { kind: 'chain'; offset: number; of: Operand; names: readonly string[] }

export interface Template {
  /** The file that it stands in. */
  file: string
  nodes: readonly Node[]
}

/** Nothing but space: such a one does not replace another of its name. */
export const isEmpty = (nodes: readonly Node[]): boolean => nodes.every((node) => node.kind === 'text' && !node.text.trim())
