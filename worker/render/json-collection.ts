/** `output_encoding: json-collection`: the member `collection`, or an empty list. */
import { dataOf, member } from '../json/data.ts'
import type { CreateRender } from '../types.ts'
import { createWriter, hasMembers, type WriterOptions } from './writer.ts'

export const render: CreateRender<WriterOptions> = (options, made) => {
  const write = createWriter('application/json; charset=utf-8', options, made)
  return (answer) => {
    const data = answer ? dataOf(answer.body) : null
    const collection = data ? member(data, 'collection') : undefined
    return write(JSON.stringify(collection === undefined ? [] : collection), answer, hasMembers(answer))
  }
}
