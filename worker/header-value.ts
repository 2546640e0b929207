/** What no header's value has (RFC 9110 §5.5): Go refuses to send it, and Deno ends the whole process. */
export const NOT_IN_HEADERS = /[\x00-\x08\x0a-\x1f\x7f]/

/**
 * Headers of answers with one value (RFC 9110 §5.3). Of two, Go sends two lines, of which clients take the first.
 * Here two would be joined to one value that is none.
 */
export const SINGLE = new Set('age content-encoding content-length content-type date etag expires last-modified location retry-after server transfer-encoding'.split(' '))
