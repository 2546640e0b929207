import type { z } from 'zod'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import { reportUnknownKeys } from '../../../compiler/schema/namespaces.ts'
import { virtualHostSchema, virtualHostsOf } from '../../../compiler/virtual-hosts.ts'
import type { PluginUse } from '../../../worker/plugin/load.ts'
import type { Json } from '../../../worker/types.ts'
import { aggregatorSchema } from '../../aggregator.ts'
import { ipFilterOf, ipFilterSchema } from '../ip-filter.ts'
import { type Listed, listPlugins, pluginSchema, usePlugin } from '../modules.ts'
import { urlRewriteOf, urlRewriteSchema } from '../url-rewrite.ts'
import type * as worker from './worker.ts'

type Stage = [code: string, options: Json]

/** Stages of Cuttle's own, by the names of KrakenD Enterprise's plugins, and what they read. Other keys are kept, to be named. */
const keeping = <S extends z.ZodRawShape>(schema: z.ZodObject<S>): z.ZodOptional<z.ZodObject<S>> => (schema.loose() as unknown as z.ZodObject<S>).optional()
const schemas = { 'ip-filter': keeping(ipFilterSchema), 'jwk-aggregator': keeping(aggregatorSchema), 'url-rewrite': keeping(urlRewriteSchema), virtualhost: keeping(virtualHostSchema) }
type Blocks = z.infer<z.ZodObject<typeof schemas>>
const builtIn: { readonly [N in keyof Blocks]-?: (block: NonNullable<Blocks[N]>, place: FeaturePlace) => Stage | null } = {
  'ip-filter': (block, place) => [place.code('(options, made) => m.createIpFilter(options, made.platform)', { m: 'worker/limit/ip-filter' }), ipFilterOf(block, place) as unknown as Json],
  // Validators ask its origins themselves, where their jwk_url is its address.
  'jwk-aggregator': () => null,
  'url-rewrite': (block, place) => [place.code('m.service', { m: 'worker/rewrite' }), urlRewriteOf(block, place) as unknown as Json],
  virtualhost(block, place) {
    const options = virtualHostsOf(block, [...place.at, 'virtualhost'], place.report)
    return options && [place.code('m.service', { m: 'worker/virtual-hosts' }), options as unknown as Json]
  },
}
const hasBuiltIn = (plugin: Listed): plugin is Listed & { name: keyof Blocks } => Object.hasOwn(builtIn, plugin.name)

export default defineFeature<typeof worker>()({
  namespace: 'plugin/http-server',
  places: ['service'],
  schema: pluginSchema(schemas),
  mismatch: 'block',
  normalise(raw, place) {
    // The last wraps the others, as in KrakenD: it sees requests first (lura, transport/http/server/plugin).
    const stages = joinPlugins(listPlugins(raw, place).toReversed(), raw, place)
    return stages.length ? { service: { stages } } : {}
  },
})

/** Neighbours among the user's plugins are one app, which has one context for all of them. */
function joinPlugins(listed: readonly Listed[], blocks: Blocks, place: FeaturePlace): Stage[] {
  const stages: (Stage | PluginUse[])[] = []
  for (const plugin of listed) {
    const last = stages.at(-1)
    if (hasBuiltIn(plugin)) stages.push(...builtInStage(plugin, blocks, place))
    else {
      const use = usePlugin(plugin, Object.keys(builtIn), place)
      if (use && last && !isStage(last)) last.push(use)
      else if (use) stages.push([use])
    }
  }
  return stages.map((stage) => (isStage(stage) ? stage : [place.code('m.service', { m: 'worker/plugin/server' }), { plugins: stage } as unknown as Json]))
}

const isStage = (stage: Stage | PluginUse[]): stage is Stage => typeof stage[0] === 'string'

/** One that has no block does nothing. Its block stands under its name, or beside it where plugins are listed with theirs. */
function builtInStage<N extends keyof Blocks>({ name, config }: Listed & { name: N }, blocks: Blocks, place: FeaturePlace): Stage[] {
  const guards = name === 'ip-filter' && ({ opensDoor: true } as const)
  const read = schemas[name].safeParse(blocks[name] ?? (Object.keys(config as object).length ? config : undefined))
  if (!read.success) place.report.warn([...place.at, name], 'wrong-type', `${read.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')}: ${name} is off`, { ...guards })
  const block = read.data
  if (read.success && !block) place.report.warn([...place.at, 'name'], 'no-block', `${name} has no block of its own: it does nothing`, { ...guards })
  // The filter names its own, which leave a door open.
  if (block && name !== 'ip-filter') reportUnknownKeys(block, Object.keys(schemas[name].unwrap().shape), [...place.at, name], place.report)
  const stage = block && builtIn[name](block as never, place)
  return stage ? [stage] : []
}
