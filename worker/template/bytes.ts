/** Texts as Go has them: bytes of UTF-8. */
import { lenient } from '../utf8.ts'

const encoder = new TextEncoder()

export const toBytes = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)
/** What is no UTF-8 is U+FFFD. */
export const toText = (bytes: Uint8Array): string => lenient.decode(bytes)
export const byteLength = (text: string): number => encoder.encode(text).length
