/** static.Modifier: files that the build has put in stand for the upstream's answer (transform/RULES.md §1). */
import type { EmbeddedFile } from './program.ts'
import { applyRange } from './ranges.ts'
import type { Change } from './steps.ts'

/** Decoded once, on first use. */
export function applyFile(files: { readonly [path: string]: EmbeddedFile }): Change {
  const decoded = new Map<string, Uint8Array<ArrayBuffer>>()
  const bytesOf = (path: string, { base64 }: EmbeddedFile): Uint8Array<ArrayBuffer> => {
    const known = decoded.get(path) ?? fromBase64(base64)
    decoded.set(path, known)
    return known
  }
  return ({ request, answer }) => {
    const path = cleanPath(request.address().path)
    const file = Object.hasOwn(files, path) ? files[path]! : null
    if (!file) {
      answer!.status = 404
      return
    }
    const bytes = bytesOf(path, file)
    answer!.fields.set('content-type', file.type)
    const range = request.fields.first('range')
    if (range) return applyRange(answer!, bytes, file.type, range)
    answer!.body = bytes
    answer!.fields.set('content-length', String(bytes.length))
  }
}

/** Go's filepath.Clean of a path with a slash before it: no dots, no double slashes, no slash at the end. */
function cleanPath(path: string): string {
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return `/${kept.join('/')}`
}

export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
