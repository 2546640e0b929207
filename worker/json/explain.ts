/** What Go's JSON decoder says of a text that it cannot read into an object or a list: for return_error_msg only. */

const NAMES: { readonly [first: string]: string } = { '{': 'object', '[': 'array', '"': 'string', t: 'bool', f: 'bool', n: 'null' }
const SHORT_ESCAPES = '"\\/bfnrt'

/** Thrown to leave the scan: what Go says. */
class Complaint extends Error {}

/** The message of encoding/json. `list`: a list was wanted. */
export function explainJson(bytes: Uint8Array, list: boolean): string {
  // One character a byte: Go quotes bytes.
  const text = new TextDecoder('latin1').decode(bytes)
  const start = skipSpace(text, 0)
  if (start === text.length) return 'EOF'
  try {
    scanValue(text, start)
  } catch (complaint) {
    if (complaint instanceof Complaint) return complaint.message
    throw complaint
  }
  const found = NAMES[text[start]!] ?? 'number'
  return `json: cannot unmarshal ${found} into Go value of type ${list ? '[]interface {}' : 'map[string]interface {}'}`
}

function skipSpace(text: string, i: number): number {
  while (i < text.length && ' \t\r\n'.includes(text[i]!)) i++
  return i
}

function complain(text: string, i: number, context: string): never {
  throw new Complaint(i >= text.length ? 'unexpected EOF' : `invalid character ${quote(text[i]!)} ${context}`)
}

function quote(character: string): string {
  if (character === "'") return String.raw`'\''`
  if (character === '"') return `'"'`
  const escaped = JSON.stringify(character).slice(1, -1)
  const code = character.charCodeAt(0)
  if (escaped.startsWith('\\u') || (code >= 0x7f && code < 0xa0) || code === 0xad) return `'\\${code < 0x80 ? 'x' : 'u00'}${code.toString(16).padStart(2, '0')}'`
  return `'${code === 0xa0 ? '\\u00a0' : escaped}'`
}

/** Go's decoder refuses deeper nesting. */
const MAX_DEPTH = 10_000

/** A value and all within it. A loop, since calls would end at a depth of the platform's own. */
function scanValue(text: string, at: number): void {
  const closers: string[] = []
  for (let i = at; ; ) {
    const c = text[i]
    if (c === '{' || c === '[') {
      const close = c === '{' ? '}' : ']'
      if (closers.length === MAX_DEPTH) complain(text, i, 'exceeded max depth')
      i = skipSpace(text, i + 1)
      if (text[i] !== close) {
        closers.push(close)
        if (c === '{') i = scanKey(text, i)
        continue
      }
      i++
    } else i = scanPlain(text, i)
    for (;;) {
      const close = closers.at(-1)
      if (close === undefined) return
      i = skipSpace(text, i)
      if (text[i] === ',') {
        i = skipSpace(text, i + 1)
        if (close === '}') i = scanKey(text, i)
        break
      }
      if (text[i] !== close) complain(text, i, close === '}' ? 'after object key:value pair' : 'after array element')
      closers.pop()
      i++
    }
  }
}

function scanPlain(text: string, i: number): number {
  const c = text[i]
  if (c === '"') return scanString(text, i + 1)
  if (c === 't') return scanWord(text, i, 'true')
  if (c === 'f') return scanWord(text, i, 'false')
  if (c === 'n') return scanWord(text, i, 'null')
  if (c !== undefined && /[-\d]/.test(c)) return scanNumber(text, i)
  return complain(text, i, 'looking for beginning of value')
}

/** A member's name and its colon, up to the value. */
function scanKey(text: string, at: number): number {
  if (text[at] !== '"') complain(text, at, 'looking for beginning of object key string')
  const i = skipSpace(text, scanString(text, at + 1))
  if (text[i] !== ':') complain(text, i, 'after object key')
  return skipSpace(text, i + 1)
}

function scanString(text: string, at: number): number {
  for (let i = at; ; i++) {
    const c = text[i]
    if (c === '"') return i + 1
    if (c === undefined || c < ' ') complain(text, i, 'in string literal')
    if (c !== '\\') continue
    i++
    if (text[i] === 'u') {
      for (let k = 0; k < 4; k++) if (!/[\da-fA-F]/.test(text[++i] ?? '')) complain(text, i, 'in \\u hexadecimal character escape')
    } else if (text[i] === undefined || !SHORT_ESCAPES.includes(text[i]!)) complain(text, i, 'in string escape code')
  }
}

function scanWord(text: string, at: number, word: string): number {
  for (let k = 1; k < word.length; k++) if (text[at + k] !== word[k]) complain(text, at + k, `in literal ${word} (expecting ${quote(word[k]!)})`)
  return at + word.length
}

function scanNumber(text: string, at: number): number {
  let i = at
  const digit = (): boolean => /\d/.test(text[i] ?? '')
  const digits = (context: string): void => {
    if (!digit()) complain(text, i, context)
    while (digit()) i++
  }
  if (text[i] === '-') i++
  if (text[i] === '0') i++
  else digits('in numeric literal')
  if (text[i] === '.') {
    i++
    digits('after decimal point in numeric literal')
  }
  if (text[i] === 'e' || text[i] === 'E') {
    i++
    if (text[i] === '+' || text[i] === '-') i++
    digits('in exponent of numeric literal')
  }
  return i
}
