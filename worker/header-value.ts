/** What no header's value has (RFC 9110 §5.5): Go refuses to send it, and Deno ends the whole process. */
export const NOT_IN_HEADERS = /[\x00-\x08\x0a-\x1f\x7f]/

/**
 * Headers with one value (RFC 9110 §5.3). Of two, Go sends two lines, and whoever reads them takes the first; of User-Agent it sends the first.
 * Here two would be joined to one value that is none.
 */
export const SINGLE = new Set('age authorization content-encoding content-length content-type date etag expires last-modified location referer retry-after server transfer-encoding user-agent'.split(' '))
