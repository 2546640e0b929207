/** The Workers that a configuration has on Cloudflare, by name: nothing is built. */
import { configFile, load, readService, usualFile } from './command.ts'
import { chosenEnv, envArguments, nameIn } from './commands/deploy.ts'
import { partName } from './emit/edge.ts'
import { workerName } from './emit/wrangler.ts'
import { type Block, blockOf, projectOf, readWrangler } from './load/wrangler.ts'
import type { Deployed } from './versions.ts'

/** null: the configuration is refused, and why has been shown. */
export async function deployedWorkers(values: { readonly [option: string]: string | boolean | undefined }): Promise<Deployed[] | null> {
  const file = readWrangler(projectOf(usualFile(values) ?? ''))
  const env = chosenEnv(values.env as string | undefined, file)
  const options = [...(file ? ['--config', file.name] : []), ...envArguments(env, file)]
  let value: Block = file?.value ?? {}
  if (typeof value.name !== 'string') {
    const read = await readService(configFile(values))
    if (!read) return null
    value = { ...value, name: workerName({ name: read.service.name ?? '' }) }
  }
  if (values.split !== true) return [{ name: nameIn(value, env), options }]
  const loaded = await load(configFile(values), { target: 'cloudflare' })
  return loaded && loaded.edge.groups.map(({ name }) => ({ name: nameIn(asPart(value, name), env), options }))
}

function asPart(value: Block, part: string): Block {
  const named = (block: Block): Block => (typeof block.name === 'string' ? { ...block, name: partName(block.name, part) } : block)
  return { ...named(value), env: Object.fromEntries(Object.entries(blockOf(value.env)).map(([env, block]) => [env, named(blockOf(block))])) }
}
