/** Go's canonical form of a header's name: `x-forwarded-for` is `X-Forwarded-For`. Names that HTTP does not allow stay as they are. */
export const canonicalName = (name: string): string => name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
