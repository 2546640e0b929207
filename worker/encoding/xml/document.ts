/** The text of an XML document: its declaration says in which charset the rest is (Go's encoding/xml). */
import type { Failure } from '../../types.ts'
import { sequenceLength } from '../../url.ts'

export interface Document {
  /** What follows the declaration. */
  text: string
  /** The line on which it begins, from 1. */
  line: number
  /** The text ends where the bytes are no UTF-8: an error, unless the root element ends before. */
  broken: boolean
}

/** Blanks and a byte order mark may stand before it. */
const DECLARATION = /^(?:\xEF\xBB\xBF)?[\t\n\r ]*<\?xml(?![-.:\w])([^]*?)\?>/
const UTF_8 = new TextDecoder('utf-8', { fatal: true })
const LONGEST = 1024

export function readDocument(bytes: Uint8Array): Document {
  const declaration = DECLARATION.exec(String.fromCharCode(...bytes.subarray(0, LONGEST)))
  if (!declaration) return decode(UTF_8, bytes, 1)
  const [whole, content] = declaration as unknown as [string, string]
  const version = pseudoAttribute(content, 'version')
  if (version && version !== '1.0') throw malformed(`xml: unsupported version ${JSON.stringify(version)}; only version 1.0 is supported`)
  return decode(decoderOf(pseudoAttribute(content, 'encoding')), bytes.subarray(whole.length), whole.split('\n').length)
}

export const malformed = (message: string): Failure => ({ kind: 'decode', message })
export const syntaxError = (line: number, problem: string): Failure => malformed(`XML syntax error on line ${line}: ${problem}`)

const pseudoAttribute = (content: string, name: string): string => new RegExp(`${name}=(["'])(.*?)\\1`, 's').exec(content)?.[2] ?? ''

/** Other charsets have replacement characters for what they don't know; UTF-8 has to be right. */
function decoderOf(charset: string): TextDecoder {
  if (charset === '' || charset.toLowerCase() === 'utf-8') return UTF_8
  try {
    return new TextDecoder(charset, { ignoreBOM: true })
  } catch {
    const name = JSON.stringify(charset)
    throw malformed(`xml: opening charset ${name}: unsupported charset: ${name}`)
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array, line: number): Document {
  try {
    return { text: decoder.decode(bytes), line, broken: false }
  } catch {
    return { text: decoder.decode(bytes.subarray(0, validLength(bytes))), line, broken: true }
  }
}

function validLength(bytes: Uint8Array): number {
  let at = 0
  for (let length = 1; length; at += length) length = at < bytes.length ? sequenceLength(bytes, at) : 0
  return at
}
