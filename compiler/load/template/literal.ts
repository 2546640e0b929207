/** Literals as Go writes them. null: it is none. */

const ESCAPES: { readonly [escape: string]: string } = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' }
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/gs

/** strconv.Unquote. Bytes that are no UTF-8 become U+FFFD. */
export function unquote(literal: string): string | null {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '')
  let good = true
  const bytes: Buffer[] = []
  let at = 0
  const inner = literal.slice(1, -1)
  const fail = (): Buffer => {
    good = false
    return Buffer.alloc(0)
  }
  for (const match of inner.matchAll(ESCAPE)) {
    const [whole, hex, short, long, octal, letter] = match
    bytes.push(Buffer.from(inner.slice(at, match.index)))
    at = match.index + whole.length
    const code = short ?? long
    if (hex !== undefined) bytes.push(Buffer.from([Number.parseInt(hex, 16)]))
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) > 255 ? fail() : Buffer.from([Number.parseInt(octal, 8)]))
    else if (code !== undefined) bytes.push(isScalar(Number.parseInt(code, 16)) ? Buffer.from(String.fromCodePoint(Number.parseInt(code, 16))) : fail())
    else bytes.push(Object.hasOwn(ESCAPES, letter!) && letter !== (literal[0] === '"' ? "'" : '"') ? Buffer.from(ESCAPES[letter!]!) : fail())
  }
  bytes.push(Buffer.from(inner.slice(at)))
  return good ? Buffer.concat(bytes).toString('utf8') : null
}

const isScalar = (code: number): boolean => code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
