/** `return_error_msg`: the error's text as body, where there is no answer at all (proxy/RULES.md §10). */
import { explainJson } from '../json/explain.ts'
import type { CreateErrorText, Failure } from '../types.ts'

export const errorText: CreateErrorText = () => (errors) => {
  const text = errors.map(messageOf).join('\n')
  return { text, type: (errors.length === 1 && errors[0]!.type) || (text && 'text/plain; charset=utf-8') || null }
}

const messageOf = ({ message, source, list }: Failure): string => (source ? explainJson(source, list ?? false) : message)
