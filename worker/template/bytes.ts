/** Texts as Go has them: bytes of UTF-8. */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export const toBytes = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)
/** What is no UTF-8 is U+FFFD. */
export const toText = (bytes: Uint8Array): string => decoder.decode(bytes)
export const byteLength = (text: string): number => encoder.encode(text).length
