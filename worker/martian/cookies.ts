/** Cookies as Go reads them (net/http, cookie.go): what has a bad name or value is passed over. */

export interface Cookie {
  name: string
  value: string
}

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\x20-\x7e]*$/

function read(pair: string): Cookie | null {
  const equals = pair.indexOf('=')
  const name = (equals < 0 ? pair : pair.slice(0, equals)).trim()
  const raw = equals < 0 ? '' : pair.slice(equals + 1)
  const value = /^".*"$/.test(raw) && raw.length > 1 ? raw.slice(1, -1) : raw
  return NAME.test(name) && VALUE.test(value) && !/[";\\]/.test(value) ? { name, value } : null
}

/** Of a request's header. */
export const cookiesOf = (header: string): (Cookie | null)[] => header.split(';').map((pair) => read(pair.trim()))

/** Of one Set-Cookie, which has to have a name and an equals sign. */
export function setCookieOf(header: string): Cookie | null {
  const pair = header.split(';', 1)[0]!.trim()
  return pair.includes('=') ? read(pair) : null
}
