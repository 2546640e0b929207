/** A Worker of the user's own, which is to have the gateway within. */
import path from 'node:path'
import { build } from 'esbuild'
import { type Block, blockOf } from '../load/wrangler.ts'

/** wrangler's `main` in an environment, if it is not the gateway itself. `out`: the gateway's folder as seen from wrangler's file. */
export function ownMain(top: Block, env: string | null, out: string): string | null {
  const main = blockOf(blockOf(top.env)[env ?? '']).main ?? top.main
  return typeof main === 'string' && path.posix.normalize(main) !== `${out}/cloudflare.js` ? main : null
}

/** False where it imports nothing of the gateway's folder. What does not build, wrangler will tell. */
export async function importsGateway(main: string, out: string): Promise<boolean> {
  try {
    const { metafile } = await build({ entryPoints: [main], bundle: true, write: false, metafile: true, packages: 'external', platform: 'neutral', logLevel: 'silent' })
    return Object.keys(metafile.inputs).some((input) => path.resolve(input).startsWith(path.resolve(out) + path.sep))
  } catch {
    return true
  }
}
