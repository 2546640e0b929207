/** `output_encoding: json`. Members keep the order and the spelling in which they arrived (docs/compatibility.md). */
import { concat } from '../json/data.ts'
import type { Answer, CreateRender } from '../types.ts'
import { createWriter, hasMembers, type WriterOptions } from './writer.ts'

export const render: CreateRender<WriterOptions> = (options, made) => {
  const write = createWriter('application/json; charset=utf-8', options, made)
  return (answer) => write(jsonOf(answer), answer, hasMembers(answer))
}

function jsonOf(answer: Answer | null): BodyInit {
  if (!answer || answer.body.kind === 'raw') return '{}'
  const { body } = answer
  if (body.kind === 'data') return JSON.stringify(body.value)
  return body.pieces.length === 1 ? body.pieces[0]! : concat(body.pieces)
}
