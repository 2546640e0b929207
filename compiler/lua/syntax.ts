/** What the parser makes of a script. Texts are bytes, one a character; `line` is where gopher-lua places an error. */
export interface Block {
  statements: readonly Statement[]
}
export interface FunctionBody {
  parameters: readonly string[]
  vararg: boolean
  body: Block
  line: number
  lastLine: number
}
export type Statement =
  | { type: 'local'; names: readonly string[]; values: readonly Expression[]; line: number }
  | { type: 'assign'; targets: readonly (Name | Index)[]; values: readonly Expression[]; line: number }
  | { type: 'call'; call: Call; line: number }
  | { type: 'do'; body: Block; line: number }
  | { type: 'while'; condition: Expression; body: Block; line: number }
  | { type: 'repeat'; condition: Expression; body: Block; line: number }
  | { type: 'if'; branches: readonly { condition: Expression; body: Block }[]; otherwise: Block | null; line: number }
  | { type: 'count'; name: string; from: Expression; to: Expression; step: Expression | null; body: Block; line: number }
  | { type: 'each'; names: readonly string[]; values: readonly Expression[]; body: Block; line: number }
  | { type: 'return'; values: readonly Expression[]; line: number }
  | { type: 'break'; line: number }
  | { type: 'goto'; label: string; line: number }
  | { type: 'label'; label: string; line: number }

export interface Name {
  type: 'name'
  name: string
  line: number
}
export interface Index {
  type: 'index'
  object: Expression
  key: Expression
  line: number
}
export interface Call {
  type: 'call'
  callee: Expression
  /** `object:method(…)`. */
  method: string | null
  values: readonly Expression[]
  /** In parentheses: one value. */
  single: boolean
  line: number
}
export type Binary = '+' | '-' | '*' | '/' | '%' | '^' | '..' | '==' | '~=' | '<' | '<=' | '>' | '>=' | 'and' | 'or'
export type Expression =
  | Name
  | Index
  | Call
  | { type: 'nil' | 'true' | 'false'; line: number }
  | { type: 'number'; value: number; line: number }
  | { type: 'text'; value: string; line: number }
  | { type: 'vararg'; single: boolean; line: number }
  | { type: 'function'; body: FunctionBody; line: number }
  | { type: 'table'; fields: readonly { key: Expression | null; value: Expression }[]; line: number }
  | { type: 'binary'; operator: Binary; left: Expression; right: Expression; line: number }
  | { type: 'unary'; operator: '-' | 'not' | '#'; operand: Expression; line: number }

/** What is wrong with a text, in gopher-lua's words. Thrown as it is. */
export interface SyntaxProblem {
  syntax: true
  message: string
  /** 0: gopher-lua names none. */
  line: number
  column: number
}
export const isSyntaxProblem = (error: unknown): error is SyntaxProblem => typeof error === 'object' && error !== null && 'syntax' in error
