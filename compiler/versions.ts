/** Versions of a Worker on Cloudflare: how requests are shared out between the one that serves and the one that follows it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { UserError } from './diagnostics.ts'
import { askWrangler, runWrangler } from './wrangler.ts'

/** A Worker as wrangler's commands on versions name it. */
export interface Deployed {
  name: string
  /** The options that say which configuration and environment. */
  options: readonly string[]
}
export interface Share {
  id: string
  percent: number
}

/** What serves now, the version with the most requests first. null: nothing has been deployed, or wrangler has said why it can't tell. */
export async function currentShares(worker: Deployed): Promise<Share[] | null> {
  const answer = await askWrangler(['deployments', 'status', '--json', '--name', worker.name, ...worker.options])
  if (answer === null) return null
  const { versions = [] } = answer as { versions?: { version_id: string; percentage: number }[] }
  return versions.map(({ version_id: id, percentage }) => ({ id, percent: percentage })).toSorted((a, b) => b.percent - a.percent)
}

/** The newer of versions that serve together. One that wrangler does not list is older than ten others. */
export async function newestOf(worker: Deployed, shares: readonly Share[]): Promise<Share> {
  const answer = await askWrangler(['versions', 'list', '--json', '--name', worker.name, ...worker.options])
  const listed = (Array.isArray(answer) ? answer : []) as { id: string; number?: number; metadata?: { created_on?: string } }[]
  const madeAt = ({ id }: Share): string => listed.find((version) => version.id === id)?.metadata?.created_on ?? ''
  return shares.toSorted((a, b) => (madeAt(a) < madeAt(b) ? 1 : -1))[0]!
}

/** What is there to stay while another version comes. */
export async function olderOf(worker: Deployed, shares: readonly Share[]): Promise<Share> {
  const newest = shares.length > 1 ? await newestOf(worker, shares) : null
  return shares.find((share) => share !== newest)!
}

/** Uploads without giving it any request. Gives its id, or wrangler's exit code where it failed. */
export async function uploadVersion(config: string, args: readonly string[]): Promise<string | number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-version-'))
  try {
    const output = path.join(folder, 'output.ndjson')
    const code = await runWrangler(['versions', 'upload'], ['--config', config, ...args], { WRANGLER_OUTPUT_FILE_PATH: output })
    if (code !== 0) return code
    const lines = readFileSync(output, 'utf8').split('\n').filter(Boolean)
    const uploaded = lines.map((line) => JSON.parse(line) as { type: string; version_id?: string }).find(({ type }) => type === 'version-upload')
    if (!uploaded?.version_id) throw new UserError('wrangler has uploaded a version but does not say which: `wrangler versions list` does')
    return uploaded.version_id
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const shareOut = ({ name, options }: Deployed, shares: readonly Share[], message: string): Promise<number> =>
  runWrangler(['versions', 'deploy'], [...shares.map(({ id, percent }) => `${id}@${percent}%`), '--name', name, '--message', message, '--yes', ...options])
