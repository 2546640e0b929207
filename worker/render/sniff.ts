/** The Content-Type that Go gives a body which has none (net/http's DetectContentType, of the WHATWG's MIME Sniffing). */
import { peek } from '../peek.ts'

const LOOKED_AT = 512
const HTML = /^[\t\n\f\r ]*<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|!--)[ >]/i
/** Beginnings, as text of one byte a character. */
const SIGNATURES: readonly (readonly [start: RegExp, type: string])[] = [
  [HTML, 'text/html; charset=utf-8'],
  [/^[\t\n\f\r ]*<\?xml/, 'text/xml; charset=utf-8'],
  [/^%PDF-/, 'application/pdf'],
  [/^%!PS-Adobe-/, 'application/postscript'],
  [/^\xFE\xFF../s, 'text/plain; charset=utf-16be'],
  [/^\xFF\xFE../s, 'text/plain; charset=utf-16le'],
  [/^\xEF\xBB\xBF./s, 'text/plain; charset=utf-8'],
  [/^\x00\x00\x01\x00/, 'image/x-icon'],
  [/^BM/, 'image/bmp'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF....WEBPVP/s, 'image/webp'],
  [/^\x89PNG\r\n\x1A\n/, 'image/png'],
  [/^\xFF\xD8\xFF/, 'image/jpeg'],
  [/^FORM....AIFF/s, 'audio/aiff'],
  [/^ID3/, 'audio/mpeg'],
  [/^OggS\x00/, 'application/ogg'],
  [/^MThd\x00\x00\x00\x06/, 'audio/midi'],
  [/^RIFF....AVI /s, 'video/avi'],
  [/^RIFF....WAVE/s, 'audio/wave'],
  [/^....ftyp(?:mp4|.{4,496}?mp4)/s, 'video/mp4'],
  [/^\x1A\x45\xDF\xA3/, 'video/webm'],
  [/^\x00\x01\x00\x00/, 'font/ttf'],
  [/^OTTO/, 'font/otf'],
  [/^ttcf/, 'font/collection'],
  [/^wOFF/, 'font/woff'],
  [/^wOF2/, 'font/woff2'],
  [/^\x1F\x8B\x08/, 'application/x-gzip'],
  [/^PK\x03\x04/, 'application/zip'],
  [/^Rar!\x1A\x07(?:\x00|\x01\x00)/, 'application/x-rar-compressed'],
  [/^\x00asm/, 'application/wasm'],
]
const BINARY = /[\x00-\x08\x0B\x0E-\x1A\x1C-\x1F]/

/** Looks at the body's beginning and sets the type; an empty body gets none. One that breaks at once is empty: its status is out by then, in Go. */
export async function sniff(response: Response): Promise<Response> {
  const peeked = await peek(response.body!).catch(() => null)
  if (!peeked) return new Response(null, response)
  response.headers.set('content-type', typeOf(peeked.first.subarray(0, LOOKED_AT)))
  return new Response(peeked.body, response)
}

function typeOf(start: Uint8Array): string {
  const text = String.fromCharCode(...start)
  const known = SIGNATURES.find(([pattern]) => pattern.test(text))
  return known ? known[1] : BINARY.test(text) ? 'application/octet-stream' : 'text/plain; charset=utf-8'
}
