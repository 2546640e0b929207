/** .gateway/wrangler.json: the user's wrangler configuration as it reads from there, with what the gateway needs. */
import path from 'node:path'
import { type Block, blockOf, type WranglerFile } from '../load/wrangler.ts'
import type { Plan } from '../plan.ts'
import { type Missing, type Need, needsOf } from './needs.ts'
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from './workerd.ts'

export interface Wrangler {
  /** What wrangler is given. */
  value: Block
  /** What the gateway needs of each environment, and has. */
  bound: readonly Bound[]
  /** What only the user can add. */
  missing: readonly Missing[]
}
export interface Bound {
  env: string | null
  need: Need
  /** What the binding stands for, as far as the file says. */
  target: string
}

/** Emits the configuration for a file in `out`: its paths lead to where those of the user's own do. */
export function emitWrangler(file: WranglerFile | null, plan: Plan, out: string, needs: readonly Need[] = needsOf(plan, file?.value)): Wrangler {
  const way: Way = { from: path.dirname(file?.name ?? ''), to: out }
  const { env: envs, ...top } = moveBlock(file?.value ?? {}, way)
  const bound: Bound[] = []
  const missing: Missing[] = []
  const complete = (block: Block, env: string | null): Block => {
    let filled = env === null || block.compatibility_flags ? withFlags(block) : block
    for (const need of needs) {
      if (need.targetIn(filled) === null && need.add) filled = need.add(filled, env)
      const target = need.targetIn(filled)
      if (target === null) missing.push({ env, need })
      else bound.push({ env, need, target })
    }
    return filled
  }
  const base = { name: workerName(plan), main: 'cloudflare.js', compatibility_date: COMPATIBILITY_DATE, ...complete(top, null) }
  const named = Object.entries(blockOf(envs)).map(([name, block]) => [name, complete(moveBlock(blockOf(block), way), name)])
  return { value: named.length ? { ...base, env: Object.fromEntries(named) as Block } : base, bound, missing }
}

/** The flags that the run time counts on, unless the user's say the opposite. */
function withFlags(block: Block): Block {
  const own = Array.isArray(block.compatibility_flags) ? (block.compatibility_flags as unknown[]).map(String) : []
  const opposite = (flag: string): string => (flag.startsWith('no_') ? flag.slice(3) : `no_${flag}`)
  const added = COMPATIBILITY_FLAGS.filter((flag) => !own.includes(flag) && !own.includes(opposite(flag)))
  return own.length || added.length ? { ...block, compatibility_flags: [...own, ...added] } : block
}

/** A Worker's name has lower-case letters, digits and dashes. */
export function workerName({ name }: Pick<Plan, 'name'>): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  return slug.slice(0, 63) || 'gateway'
}

/** The keys that are paths relative to the file (wrangler's config-schema.json); `*` stands for every member. */
const PATHS = [
  '$schema', 'main', 'base_dir', 'pages_build_output_dir', 'build.watch_dir', 'assets.directory', 'site.bucket', 'site.entry-point',
  'alias.*', 'wasm_modules.*', 'text_blobs.*', 'data_blobs.*', 'd1_databases.*.migrations_dir', 'd1_databases.*.migrations_pattern',
  'containers.*.image', 'containers.*.image_build_context', 'containers.*.images.*.dockerfile', 'containers.*.images.*.build_context',
  'unsafe.capnp.base_path', 'unsafe.capnp.compiled_schema',
].map((keys) => keys.split('.'))

/** Folders, both seen from the current one. */
interface Way {
  from: string
  to: string
}

function moveBlock(block: Block, way: Way): Block {
  // Where the file is not in the folder that wrangler runs in, its bundler looks for this one in the wrong place: deploy passes it as an option.
  const { build, tsconfig: _, ...rest } = block
  const kept = build !== undefined && !isOwnBuild(build) ? { ...rest, build } : rest
  return PATHS.reduce<Block>((moved, keys) => mapAt(moved, keys, (value) => movePath(value, keys[0]!, way)) as Block, kept)
}

/** True where [build] runs `cuttle build` and nothing else: whoever writes wrangler.json has just done so. */
function isOwnBuild(build: unknown): boolean {
  const { command } = blockOf(build)
  return typeof command === 'string' && /^[^;&|\n]*\bcuttle(\.js|\.ts)? build\b[^;&|\n]*$/.test(command)
}

function mapAt(value: unknown, [key, ...rest]: readonly string[], map: (value: string) => string): unknown {
  if (key === undefined) return typeof value === 'string' ? map(value) : Array.isArray(value) ? value.map((item) => mapAt(item, [], map)) : value
  if (Array.isArray(value)) return key === '*' ? value.map((item) => mapAt(item, rest, map)) : value
  const block = blockOf(value)
  const keys = key === '*' ? Object.keys(block) : key in block ? [key] : []
  return keys.length ? { ...block, ...Object.fromEntries(keys.map((name) => [name, mapAt(block[name], rest, map)])) } : value
}

function movePath(value: string, key: string, { from, to }: Way): string {
  if (path.posix.isAbsolute(value) || /^[a-z]+:\/\//i.test(value)) return value
  // A package's name, and an image in a registry, which always has a tag.
  if (key === 'alias' && !value.startsWith('.')) return value
  if (key === 'containers' && value.split('/').at(-1)!.includes(':')) return value
  const moved = path.posix.relative(to, path.posix.join(from, value))
  return key === 'alias' && !moved.startsWith('.') ? `./${moved}` : moved
}
