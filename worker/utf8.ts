/** UTF-8 as Go reads it: a byte order mark is a character. */
export const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** What is no UTF-8 is U+FFFD. */
export const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
