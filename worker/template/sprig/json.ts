/** Sprig's JSON, base64 and UUIDs. */
import { toBytes, toText } from '../bytes.ts'
import { CallError } from '../error.ts'
import { fn, type Functions } from '../function.ts'
import { marshal } from '../json.ts'
import { fromJson, type Value } from '../value.ts'

function parse(text: string): Value {
  try {
    return fromJson(JSON.parse(text))
  } catch {
    throw new CallError('invalid JSON')
  }
}

/** Without an error: what can't be is nothing. */
function quietly(make: () => Value, otherwise: Value): Value {
  try {
    return make()
  } catch (error) {
    if (error instanceof CallError) return otherwise
    throw error
  }
}

function base64Decode(text: string): string {
  const letters = text.replace(/[\r\n]/g, '')
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(letters)) return toText(Uint8Array.from(atob(letters), (char) => char.charCodeAt(0)))
  const wrong = letters.search(/[^A-Za-z0-9+/]/)
  return `illegal base64 data at input byte ${wrong >= 0 ? wrong : letters.length - (letters.length % 4)}`
}

export const jsonFunctions: Functions = {
  fromJson: fn(['string'], (text) => quietly(() => parse(text), null)),
  mustFromJson: fn(['string'], parse),
  toJson: fn(['any'], (value) => quietly(() => marshal(value), '')),
  mustToJson: fn(['any'], (value) => marshal(value)),
  toPrettyJson: fn(['any'], (value) => quietly(() => marshal(value, { indent: '  ' }), '')),
  mustToPrettyJson: fn(['any'], (value) => marshal(value, { indent: '  ' })),
  toRawJson: fn(['any'], (value) => marshal(value, { html: false })),
  mustToRawJson: fn(['any'], (value) => marshal(value, { html: false })),
  b64enc: fn(['string'], (text) => btoa(Array.from(toBytes(text), (byte) => String.fromCharCode(byte)).join(''))),
  b64dec: fn(['string'], base64Decode),
  uuidv4: fn([], () => crypto.randomUUID()),
}
