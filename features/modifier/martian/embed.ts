/** static.Modifier's files: the build puts them into the gateway, since Workers have no disk. */
import path from 'node:path'
import type { FeaturePlace } from '../../../compiler/feature.ts'
import type { EmbeddedFile } from '../../../worker/martian/program.ts'
import type { ReadFiles } from './modifiers.ts'

/** In a bundle they are a third larger, and every isolate holds them. */
const MAX_BYTES = 1024 * 1024

/** What Go knows without a table of the system's (mime/type.go). */
const TYPES: { readonly [extension: string]: string } = {
  '.avif': 'image/avif',
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.xml': 'text/xml; charset=utf-8',
}

/** A folder that is not there answers 404, as it does in KrakenD. */
export const embedFrom =
  ({ readFolder, report }: FeaturePlace): ReadFiles =>
  (root, own, at) => {
    const found = readFolder(root, MAX_BYTES)
    if (found === 'too-large') report.error(at, 'too-large', `static.Modifier's files are put into the gateway: ${root} has more than ${MAX_BYTES} bytes. Serve them from a host of their own`)
    if (found === null) report.warn([...at, 'rootPath'], 'no-file', `there is no folder ${root}: every call answers 404`)
    const files: { [path: string]: EmbeddedFile } = {}
    if (found === null || found === 'too-large') return files
    for (const [name, bytes] of found) files[name] = { type: TYPES[path.posix.extname(name).toLowerCase()] ?? '', base64: Buffer.from(bytes).toString('base64') }
    for (const [name, target] of Object.entries(own)) {
      const file = files[path.posix.join('/', target)]
      if (file) files[name] = file
      else {
        delete files[name]
        report.warn([...at, 'explicitPaths', name], 'no-file', `there is no file ${target} below ${root}: calls of ${name} answer 404`)
      }
    }
    return files
  }
