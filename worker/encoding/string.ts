/** `encoding: string`: the body as one text, `{"content": "…"}`. */
import { readBody } from '../backend/read.ts'
import type { CreateDecode } from '../types.ts'
import { decodeText } from './text.ts'

export interface StringOptions {
  maxBytes: number
}

/** Invalid UTF-8 stays invalid in KrakenD until it is written as JSON; here it is U+FFFD from the start. */
export const decode: CreateDecode<StringOptions> = ({ maxBytes }) => {
  return async (response) => {
    const content = decodeText(await readBody(response, maxBytes))
    return { status: 0, headers: null, complete: true, body: { kind: 'data', value: { content } } }
  }
}
