/** A value for a header of answers as Go's server writes it, on one line; other control characters would end Deno's process. */
export const headerValue = (text: string): string => text.replaceAll(/[\x00-\x08\x0a-\x1f\x7f]/g, ' ').trim()
