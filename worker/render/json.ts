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
  return body.pieces.length === 1 ? body.pieces[0]! : (closeGaps(body.pieces) ?? concat(body.pieces))
}

/**
 * What the filters left of one text moves together within it, which spares a copy of the text; nobody reads it after this.
 * null: the pieces are of several texts, or in another order.
 */
function closeGaps(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> | null {
  const { buffer, byteOffset } = pieces[0]!
  let end = byteOffset
  for (const piece of pieces) {
    if (piece.buffer !== buffer || piece.byteOffset < end) return null
    end = piece.byteOffset + piece.length
  }
  const whole = new Uint8Array(buffer)
  end = byteOffset
  for (const piece of pieces) {
    whole.copyWithin(end, piece.byteOffset, piece.byteOffset + piece.length)
    end += piece.length
  }
  return whole.subarray(byteOffset, end)
}
