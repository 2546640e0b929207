/** The generated module, bundled with what it imports: one file without imports. */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { PLUGINS } from '../normalise/modules.ts'

export interface Bundle {
  code: string
  metafile: Metafile
  bytes: number
  gzipBytes: number
}

/** The package's own folder: the module imports the run time by the package's name, which resolves from here. */
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))

export async function bundle(moduleText: string): Promise<Bundle> {
  const result = await build({
    stdin: { contents: moduleText, resolveDir: PACKAGE, sourcefile: 'gateway.js', loader: 'js' },
    absWorkingDir: PACKAGE,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    // Packages that plugins bring may have no exports.
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker'],
    external: ['cloudflare:*', 'node:*'],
    // bcryptjs asks for it, and does without (worker/password/no-crypto.ts).
    // Plugins import it, installed beside them or not.
    alias: { crypto: 'cuttle/worker/password/no-crypto', 'cuttle/plugins': PLUGINS },
    minify: !process.env.CUTTLE_READABLE,
    legalComments: 'none',
    metafile: true,
    write: false,
  })
  const code = result.outputFiles[0]!.text
  return { code, metafile: result.metafile, bytes: Buffer.byteLength(code), gzipBytes: gzipSync(code, { level: 9 }).length }
}
