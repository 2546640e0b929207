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
  // The bytes of the empty object are everybody's, others belong to this answer.
  if (!body.members) return concat(body.pieces)
  return body.pieces.length === 1 ? body.pieces[0]! : (closeGaps(body.pieces) ?? concat(body.pieces))
}

/**
 * What the filters left of one text moves towards its longest piece, which spares a copy of the text; nobody reads it after this.
 * null: the pieces are of several texts, or in another order.
 */
function closeGaps(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> | null {
  const { buffer } = pieces[0]!
  let longest = 0
  for (let k = 1; k < pieces.length; k++) {
    const { byteOffset, length } = pieces[k]!
    if (pieces[k]!.buffer !== buffer || byteOffset < pieces[k - 1]!.byteOffset + pieces[k - 1]!.length) return null
    if (length > pieces[longest]!.length) longest = k
  }
  const whole = new Uint8Array(buffer)
  let start = pieces[longest]!.byteOffset
  let end = start + pieces[longest]!.length
  for (let k = longest - 1; k >= 0; k--) {
    const { byteOffset, length } = pieces[k]!
    whole.copyWithin((start -= length), byteOffset, byteOffset + length)
  }
  for (let k = longest + 1; k < pieces.length; k++) {
    const { byteOffset, length } = pieces[k]!
    whole.copyWithin(end, byteOffset, byteOffset + length)
    end += length
  }
  return whole.subarray(start, end)
}
