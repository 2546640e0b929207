/** `"cuttle/json": {"canonical": true}`: JSON as Go writes it, names sorted by bytes on every level, HTML's characters escaped (routing/RULES.md §8). */
import { canonical } from '../json/canonical.ts'
import { dataOf, member } from '../json/data.ts'
import type { CreateRender } from '../types.ts'
import { createWriter, hasMembers, type WriterOptions } from './writer.ts'

export interface CanonicalOptions extends WriterOptions {
  /** json-collection: the member `collection`, or an empty list. */
  collection: boolean
}

export const render: CreateRender<CanonicalOptions> = (options, made) => {
  const write = createWriter('application/json; charset=utf-8', options, made)
  return (answer) => {
    const data = answer ? dataOf(answer.body) : {}
    const collection = options.collection && data ? member(data, 'collection') : undefined
    return write(canonical(options.collection ? (collection === undefined ? [] : collection) : data), answer, hasMembers(answer))
  }
}
