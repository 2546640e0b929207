/** The files that a target's gateway consists of. */
import path from 'node:path'
import type { Plan } from '../plan.ts'
import { makeUserFolder, writeUserFile } from '../user-files.ts'
import { bundle } from './bundle.ts'
import { emitApp, emitAppTypes, emitEntry, emitGateway, emitModule, type Target } from './module.ts'
import { emitCapnp } from './workerd.ts'

export type Folder = { readonly [file: string]: string }

/** The files of a target's folder. */
export async function emitFolder(plan: Plan, target: Target): Promise<Folder> {
  if (target === 'cloudflare') {
    return { 'cloudflare.js': emitEntry(plan, target), 'app.js': emitApp(plan, target), 'app.d.ts': emitAppTypes(plan), 'gateway.js': emitGateway(plan, target) }
  }
  const { code } = await bundle(emitModule(plan, target))
  if (target === 'deno') return { 'gateway.js': code }
  return { 'worker.js': code, 'config.capnp': emitCapnp(plan, 'worker.js') }
}

export function writeFolder(out: string, files: Folder): void {
  makeUserFolder(out)
  for (const [name, text] of Object.entries(files)) {
    makeUserFolder(path.dirname(path.join(out, name)))
    writeUserFile(path.join(out, name), text, /\.key$|^secrets\.env$/.test(name) ? { mode: 0o600 } : {})
  }
}
