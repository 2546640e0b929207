/** Martian's modifiers as the compiler leaves them: one program a direction, scopes applied, groups in order, cookies written out. */
import type { RegexpProgram } from '../regexp/program.ts'

export type Step =
  | { do: 'set' | 'append'; name: string; value: string }
  | { do: 'copy'; from: string; to: string }
  | { do: 'remove'; names: readonly string[] }
  | { do: 'id'; name: string }
  | { do: 'query'; name: string; value: string }
  /** What is empty stays as it is. */
  | { do: 'url'; scheme: string; host: string; path: string; query: string }
  /** null: the port is taken away. */
  | { do: 'port'; port: number | 'default' | null }
  /** Already in the form of the header. */
  | { do: 'cookie'; text: string }
  | { do: 'body'; type: string; base64: string }
  | { do: 'stash'; name: string }
  | { do: 'status'; status: number }
  /** No call; the answer is a file that the build has put in: by path, and by paths of their own. */
  | { do: 'skip' }
  | { do: 'file'; files: { readonly [path: string]: EmbeddedFile } }
  | { do: 'panic' }
  /** In order; the first error ends it, unless they are collected. */
  | { do: 'all'; steps: readonly Step[]; collect: boolean }
  | { do: 'if'; test: Test; yes: Step | null; no: Step | null }

export interface EmbeddedFile {
  type: string
  base64: string
}

export type Test =
  | { of: 'header'; name: string; value: string }
  | { of: 'header-pattern'; name: string; pattern: RegexpProgram }
  | { of: 'query' | 'cookie'; name: string; value: string }
  | { of: 'url'; scheme: string; host: string; path: string; query: string }
  | { of: 'url-pattern'; pattern: RegexpProgram }
  | { of: 'port'; port: number }
