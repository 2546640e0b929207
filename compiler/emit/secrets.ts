/** Texts that stand in no bundle: `secrets.env` beside it, for `wrangler secret bulk`, `deno run --env-file` and shells. */
import { UserError } from '../diagnostics.ts'
import type { Folder } from './folder.ts'

export const SECRETS_FILE = 'secrets.env'

export function emitSecrets(secrets: { readonly [name: string]: string }): Folder {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${quoted(name, value)}`)
  return lines.length ? { [SECRETS_FILE]: `${lines.toSorted().join('\n')}\n` } : {}
}

/** Readers of such files agree on texts in quotes that they don't hold themselves, and on little else. */
function quoted(name: string, value: string): string {
  const quote = [`'`, '"', '`'].find((candidate) => !value.includes(candidate) && (candidate === `'` || !/[\\$]/.test(value)))
  if (quote) return quote + value + quote
  throw new UserError(`${name}: a secret with quotes of every kind can't be written down: take one without`)
}
