/** Between the formats of KrakenD 2 (version 3) and KrakenD 3 (version 4), and between notations. What can't be carried over is told. */
import { stringify as toToml } from 'smol-toml'
import { stringify as toYaml } from 'yaml'
import { renameOld } from './schema/namespaces.ts'

export type Version = 3 | 4
export type Notation = 'json' | 'yaml' | 'toml' | 'ts'
export const NOTATIONS: readonly Notation[] = ['json', 'yaml', 'toml', 'ts']

type Block = { readonly [key: string]: unknown }
type Note = (text: string) => void

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value)
const blockOf = (value: unknown): Block => (isBlock(value) ? value : {})
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : value === undefined || value === null ? [] : [value])

/** Keys count in any letter case, so each is looked for in lower case; an undefined one is left out. */
const mapKeys = (block: Block, map: (key: string, value: unknown) => unknown): Block =>
  Object.fromEntries(Object.entries(block).map(([key, value]) => [key, map(key.toLowerCase(), value)] as const).filter(([, value]) => value !== undefined))

const SCHEMAS: { readonly [V in Version]: string } = { 3: 'https://www.krakend.io/schema/v2.13/krakend.json', 4: 'https://www.krakend.io/schema/v3.0/krakend.json' }
/** KrakenD 3 has them no more. */
const GONE = ['telemetry/opencensus', 'telemetry/influx']

/** The configuration as the version writes it, and what there is to say about it. */
export function toVersion(value: unknown, version: Version): { value: Block; notes: string[] } {
  const notes: string[] = []
  const note: Note = (text) => void notes.push(text)
  const converted = mapKeys(blockOf(value), (key, item) => {
    if (key === 'version') return version
    if (key === '$schema') return typeof item === 'string' && /krakend\.io\/schema\//.test(item) ? SCHEMAS[version] : item
    if (key === 'endpoints') return listOf(item).map((endpoint) => withExtra(endpoint, version, note))
    if (key === 'async_agent') return listOf(item).map((agent) => withExtra(agent, version, note))
    return key === 'extra_config' ? convertExtra(item, version, '', note) : item
  })
  return { value: version === 4 ? pluginInside(converted) : pluginOutside(converted), notes }
}

/** An endpoint or agent with its backends, or a backend. */
function withExtra(value: unknown, version: Version, note: Note): unknown {
  if (!isBlock(value)) return value
  const where = typeof value.endpoint === 'string' ? ` of ${value.endpoint}` : ''
  return mapKeys(value, (key, item) => {
    if (key === 'extra_config') return convertExtra(item, version, where, note)
    return key === 'backend' ? listOf(item).map((backend) => withExtra(backend, version, note)) : item
  })
}

function convertExtra(value: unknown, version: Version, where: string, note: Note): unknown {
  if (!isBlock(value)) return value
  return mapKeys(renameOld(value), (namespace, block) => {
    if (namespace === 'proxy') return version === 4 ? toStrategy(block) : toSequential(block, where, note)
    if (namespace === 'plugin/http-server') return version === 4 ? toList(block) : toNames(block, note)
    if (version === 3 || !GONE.includes(namespace)) return block
    note(`${namespace}${where} is left out: KrakenD 3 has none; telemetry/opentelemetry takes its place`)
    return undefined
  })
}

function toStrategy(proxy: unknown): unknown {
  if (!isBlock(proxy) || !('sequential' in proxy)) return proxy
  const { sequential, ...rest } = proxy
  return sequential === true && rest.strategy === undefined ? { strategy: 'sequential', ...rest } : rest
}

function toSequential(proxy: unknown, where: string, note: Note): unknown {
  if (!isBlock(proxy) || proxy.strategy === undefined) return proxy
  const { strategy, ...rest } = proxy
  if (strategy !== 'sequential' && strategy !== 'parallel') {
    note(`proxy.strategy ${JSON.stringify(strategy)}${where} stays: KrakenD 2 has only sequential true or false, and ignores it`)
    return proxy
  }
  return strategy === 'sequential' ? { sequential: true, ...rest } : rest
}

/** `{name: ["a"], a: {…}}` → `{plugins: [{name: "a", config: {…}}]}` */
function toList(block: unknown): unknown {
  if (!isBlock(block) || block.name === undefined) return block
  const { name, ...configs } = block
  const names = listOf(name).map(String)
  const rest = Object.fromEntries(Object.entries(configs).filter(([key]) => !names.includes(key)))
  return { ...rest, plugins: names.map((plugin) => ({ name: plugin, ...(configs[plugin] !== undefined && { config: configs[plugin] }) })) }
}

function toNames(block: unknown, note: Note): unknown {
  if (!isBlock(block) || block.plugins === undefined) return block
  const { plugins, ...rest } = block
  const list = listOf(plugins).filter(isBlock)
  for (const { name, on_load_error: policy } of list) if (policy !== undefined) note(`on_load_error of the plugin ${String(name)} is left out: KrakenD 2 has none`)
  return { ...rest, name: list.map(({ name }) => name), ...Object.fromEntries(list.filter(({ config }) => config !== undefined).map(({ name, config }) => [name, config])) }
}

/** The root's `plugin` is a block of extra_config in KrakenD 3. */
function pluginInside({ plugin, ...rest }: Block): Block {
  return plugin === undefined ? rest : { ...rest, extra_config: { ...blockOf(rest.extra_config), plugin } }
}

function pluginOutside(value: Block): Block {
  const { plugin, ...extra } = blockOf(value.extra_config)
  return plugin === undefined ? value : { ...value, plugin, extra_config: extra }
}

export function write(value: Block, notation: Notation): string {
  if (notation === 'json') return `${JSON.stringify(value, null, 2)}\n`
  // YAML 1.1 puts words such as `yes` in quotes, so that older readers take them for texts too.
  if (notation === 'yaml') return toYaml(value, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' })
  if (notation === 'toml') return `${toToml(withoutNulls(value)).trimEnd()}\n`
  return `import { defineGateway } from 'cuttle/config'\n\nexport default defineGateway(${literal(value, '')})\n`
}

/** TOML has no null, and to KrakenD it is the same as no key. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls)
  return isBlock(value) ? Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null).map(([key, item]) => [key, withoutNulls(item)])) : value
}

function literal(value: unknown, indent: string): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, inner))
    const isShort = value.every((item) => typeof item !== 'object' || item === null) && items.join(', ').length < 100
    return !items.length ? '[]' : isShort ? `[${items.join(', ')}]` : `[\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}]`
  }
  if (!isBlock(value)) return typeof value === 'string' ? quoted(value) : JSON.stringify(value)
  const members = Object.entries(value).map(([key, item]) => `${inner}${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)}: ${literal(item, inner)},\n`)
  return members.length ? `{\n${members.join('')}${indent}}` : '{}'
}

const quoted = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll(String.raw`\"`, '"').replaceAll("'", String.raw`\'`)}'`
