/** Sprig's base32, hashes, ciphers and random texts. */
import { createCipheriv, createDecipheriv, createHash, randomBytes, randomInt } from 'node:crypto'
import { CallError } from '../../../../worker/template/error.ts'
import { fn, type Functions } from '../../../../worker/template/function.ts'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function base32Encode(text: string): string {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
  return letters.padEnd(Math.ceil(letters.length / 8) * 8, '=')
}

function base32Decode(text: string): string {
  const letters = text.replace(/[\r\n]/g, '')
  const wrong = letters.search(/[^A-Z2-7=]/)
  if (wrong >= 0 || letters.length % 8) return `illegal base32 data at input byte ${wrong >= 0 ? wrong : letters.length}`
  const bits = Array.from(letters.replace(/=+$/, ''), (letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))).toString('utf8')
}

function adler32(text: string): string {
  let a = 1
  let b = 0
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return String(b * 65_536 + a)
}

const hash = (algorithm: string) => fn(['string'], (text) => createHash(algorithm).update(text).digest('hex'))

/** A password of 32 bytes: shorter ones are filled with zeros, longer ones cut. */
const keyOf = (password: string): Buffer => Buffer.concat([Buffer.from(password), Buffer.alloc(32)]).subarray(0, 32)

function encrypt(password: string, text: string): string {
  if (!text) return ''
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', keyOf(password), iv)
  return Buffer.concat([iv, cipher.update(text), cipher.final()]).toString('base64')
}

function decrypt(password: string, text: string): string {
  if (!text) return ''
  const bytes = Buffer.from(text, 'base64')
  try {
    const cipher = createDecipheriv('aes-256-cbc', keyOf(password), bytes.subarray(0, 16))
    return Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]).toString('utf8')
  } catch {
    throw new CallError('the text was not encrypted with this password')
  }
}

const DIGITS = '0123456789'
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')
const MAX_RANDOM = 1_000_000
const random = (alphabet: string) =>
  fn(['int'], (count) => Array.from({ length: Math.min(Math.max(0, Number(count)), MAX_RANDOM) }, () => alphabet[randomInt(alphabet.length)]).join(''))

function shuffle(text: string): string {
  const letters = Array.from(text)
  for (let i = letters.length - 1; i > 0; i--) {
    const other = randomInt(i + 1)
    ;[letters[i], letters[other]] = [letters[other]!, letters[i]!]
  }
  return letters.join('')
}

export const encodingFunctions: Functions = {
  b32enc: fn(['string'], base32Encode),
  b32dec: fn(['string'], base32Decode),
  sha1sum: hash('sha1'),
  sha256sum: hash('sha256'),
  sha512sum: hash('sha512'),
  adler32sum: fn(['string'], adler32),
  encryptAES: fn(['string', 'string'], encrypt),
  decryptAES: fn(['string', 'string'], decrypt),
  randAlphaNum: random(LETTERS + DIGITS),
  randAlpha: random(LETTERS),
  randNumeric: random(DIGITS),
  randAscii: random(ASCII),
  randBytes: fn(['int'], (count) => randomBytes(Math.min(Math.max(0, Number(count)), MAX_RANDOM)).toString('base64')),
  randInt: fn(['int', 'int'], (from, to) => {
    if (to <= from) throw new CallError('invalid argument to Intn')
    return BigInt(randomInt(Number(from), Number(to)))
  }),
  shuffle: fn(['string'], shuffle),
}
