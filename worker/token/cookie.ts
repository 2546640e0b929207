/** Cookies as Go's net/http reads them. */

/** Semicolons. And commas, by which workerd joins several Cookie lines: those with a name behind, since values may hold commas too. */
const BETWEEN = /;|, (?=[\w!#$%&'*+\-.^`|~]+=)/

/** What Go takes for a cookie's value: none that has one of these is a cookie. */
const NOT_IN_VALUES = /[^ -~]|["\\]/

/** The value of the first cookie of the name, without quotes around it; '' where it has no `=`. null: there is none. */
export function cookieOf(cookies: string, name: string): string | null {
  for (const part of cookies.split(BETWEEN)) {
    const equals = part.indexOf('=')
    const own = equals < 0 ? part : part.slice(0, equals)
    if (own.trim() !== name || !name) continue
    const written = equals < 0 ? '' : part.slice(equals + 1).trim()
    const value = written.length > 1 && written.startsWith('"') && written.endsWith('"') ? written.slice(1, -1) : written
    if (!NOT_IN_VALUES.test(value)) return value
  }
  return null
}
