import { decodeUtf8 } from '../url.ts'
import { strict } from '../utf8.ts'

/** Text as Go writes it into JSON: each byte that is no UTF-8 is U+FFFD, where a TextDecoder has one for several (routing/RULES.md §7). */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return decodeUtf8(bytes).toWellFormed()
  }
}
