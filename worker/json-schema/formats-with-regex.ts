/** The formats, and the one that needs a parser of patterns: only schemas that ask for it bring that into a bundle. */
import { compilePattern } from '../regexp/dynamic.ts'
import { code as formats } from './formats.ts'
import type { Formats } from './validate.ts'

function regex(text: string): string | null {
  try {
    compilePattern(text)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

export const code: Formats = { ...formats, regex }
