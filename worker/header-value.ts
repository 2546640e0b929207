/** What no header's value has (RFC 9110 §5.5): Go refuses to send it, and Deno ends the whole process. */
export const NOT_IN_HEADERS = /[\x00-\x08\x0a-\x1f\x7f]/
