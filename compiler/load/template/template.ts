/**
 * Go's text/template, for flexible configuration. Written here because no package tells Go's int from float64, which decides what a
 * setting of 20000000 prints: `2e+07`. Compared with Go's own by template.test.ts's table, which Go has filled.
 */
import { builtins } from '../../../worker/template/builtins.ts'
import { execute, type Piece } from '../../../worker/template/exec.ts'
import type { Functions } from '../../../worker/template/function.ts'
import { parseTemplates } from './parser.ts'
import { isEmpty, type Template } from '../../../worker/template/syntax.ts'
import type { Value } from '../../../worker/template/value.ts'

export interface Templates {
  /** Adds a file's templates; a later one replaces an earlier one of its name. Throws TemplateError. */
  parse(name: string, text: string): void
  /** Throws TemplateError. */
  execute(name: string, data: Value): Piece[]
}

export function createTemplates(own: Functions): Templates {
  const functions: Functions = { ...builtins, ...own, and: builtins.and!, or: builtins.or! }
  const templates = new Map<string, Template>()
  return {
    parse(name, text) {
      for (const [defined, template] of parseTemplates(name, text, (called) => Object.hasOwn(functions, called))) {
        if (!templates.has(defined) || !isEmpty(template.nodes)) templates.set(defined, template)
      }
    },
    execute: (name, data) => execute(templates, functions, name, data),
  }
}
