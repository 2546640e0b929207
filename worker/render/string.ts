/** `output_encoding: string`: the member `content`, if it is a text. */
import { dataOf, member } from '../json/data.ts'
import type { CreateRender } from '../types.ts'
import { createWriter, hasMembers, type WriterOptions } from './writer.ts'

export const render: CreateRender<WriterOptions> = (options, made) => {
  const write = createWriter('text/plain; charset=utf-8', options, made)
  return (answer) => {
    const data = answer ? dataOf(answer.body) : null
    const content = data ? member(data, 'content') : ''
    return write(typeof content === 'string' ? content : '', answer, hasMembers(answer))
  }
}
