/** What a gateway asks of its Worker's configuration: one function a kind of binding, which knows how to add it or what to say. */
import { type Block, blockOf, type WranglerFile } from '../load/wrangler.ts'
import { createHash } from 'node:crypto'
import type { LimitObjects, Plan, TlsBinding } from '../plan.ts'

export interface Need {
  /** The binding's name. */
  name: string
  /** As `deploy` lists it: `service binding`. */
  kind: string
  /** What stands behind the binding in this block, or null where the block has none. */
  targetIn(block: Block): string | null
  /** The block with the binding; null where only the user knows what to bind: then `ask` says what to write. */
  add: ((block: Block, env: string | null) => Block) | null
  ask: Ask
}
export interface Ask {
  /** Why it is needed: `service://SHOP`. */
  wantedBy: string
  /** The table to write into, and the entry; a target in angle brackets is the user's to fill in. */
  table: string
  entry: { readonly [key: string]: string | readonly string[] }
  /** Another way, if there is one. */
  hint: string
}

/** `top` is the top level of the user's file: some keys count in its environments too. */
export function needsOf({ bindings, name }: Plan, top: Block = {}): Need[] {
  const { services, tls, secrets, kv, limits, queues, datasets } = bindings
  return [...services.map(serviceNeed), ...tls.map(certificateNeed), ...secrets.map(secretNeed), ...kv.map(namespaceNeed), ...(limits.objects ? [objectsNeed(limits.objects, top)] : []), ...limits.rates.map((rate) => rateNeed(rate, name)), ...queues.producers.map(producerNeed), ...queues.consumers.map(consumerNeed), ...datasets.map(datasetNeed)]
}

/** Bindings that have a fetch method, by the key of their name and that of their target. */
const FETCHERS = [['services', 'service'], ['vpc_services', 'service_id'], ['mtls_certificates', 'certificate_id']] as const

/** client_tls: a certificate that `wrangler mtls-certificate upload` has put there. */
function certificateNeed({ name }: TlsBinding): Need {
  const entry = { binding: name, certificate_id: '<id that wrangler mtls-certificate upload printed>' }
  const targetIn = (block: Block): string | null => {
    const found = entriesOf(block, 'mtls_certificates').find(({ binding }) => binding === name)
    return found ? textOf(found.certificate_id) : null
  }
  return { name, kind: 'client certificate', targetIn, add: null, ask: { wantedBy: 'client_tls', table: 'mtls_certificates', entry, hint: 'certificates of private authorities (ca_certs) cannot be verified on Cloudflare' } }
}

/** A text that is not in the bundle. Declared as required, so that wrangler names those that the Worker does not have yet, and how to give them. */
function secretNeed(name: string): Need {
  const required = (block: Block): string[] => {
    const names = blockOf(block.secrets).required
    return Array.isArray(names) ? names.map(String) : []
  }
  return {
    name,
    kind: 'secret',
    targetIn: (block) => (name in blockOf(block.vars) ? 'vars, for all to read' : required(block).includes(name) ? `wrangler secret put ${name}` : null),
    add: (block) => ({ ...block, secrets: { ...blockOf(block.secrets), required: [...required(block), name] } }),
    ask: { wantedBy: name, table: 'secrets', entry: {}, hint: '' },
  }
}

/** A KV namespace, or in `vars` the address of what it would hold. */
function namespaceNeed(name: string): Need {
  const entry = { binding: name, id: `<id that \`wrangler kv namespace create ${name}\` printed>` }
  const targetIn = (block: Block): string | null => {
    const found = entriesOf(block, 'kv_namespaces').find(({ binding }) => binding === name)
    const address = blockOf(block.vars)[name]
    return found ? textOf(found.id) : typeof address === 'string' ? address : null
  }
  return { name, kind: 'KV namespace', targetIn, add: null, ask: { wantedBy: 'auth/revoker', table: 'kv_namespaces', entry, hint: `or give the list's address in vars: ${name} = "https://…"` } }
}

/** The class that the gateway's entry exports (worker/limit/object.ts). */
export const LIMITS_CLASS = 'CuttleLimits'

/**
 * Durable Objects of limits. Their class has to be named in a migration. Where the user has migrations of their own, only they can say
 * behind which it comes: those that stand before the last one deployed are passed over.
 */
function objectsNeed(name: string, top: Block): Need {
  const migrationsOf = (block: Block): Block[] => entriesOf('migrations' in block ? block : top, 'migrations')
  const isNamed = (block: Block): boolean => migrationsOf(block).some(({ new_sqlite_classes: classes }) => Array.isArray(classes) && classes.includes(LIMITS_CLASS))
  const bound = (block: Block): Block | undefined => entriesOf(blockOf(block.durable_objects), 'bindings').find((binding) => binding.name === name)
  const entry = { tag: '<a tag that no other migration has>', new_sqlite_classes: [LIMITS_CLASS] }
  return {
    name,
    kind: 'Durable Objects',
    targetIn(block) {
      const binding = bound(block)
      return binding && (binding.script_name || isNamed(block)) ? textOf(binding.script_name) || LIMITS_CLASS : null
    },
    add(block) {
      const objects = blockOf(block.durable_objects)
      const withBinding = bound(block) ? block : { ...block, durable_objects: { ...objects, bindings: [...entriesOf(objects, 'bindings'), { name, class_name: LIMITS_CLASS }] } }
      return migrationsOf(block).length ? withBinding : { ...withBinding, migrations: [{ tag: 'cuttle-limits', new_sqlite_classes: [LIMITS_CLASS] }] }
    },
    ask: { wantedBy: 'accuracy "global"', table: 'migrations', entry, hint: 'behind the migrations that are there' },
  }
}

/** Cloudflare's rate limit. Its counter has a number that is unique in the account: Workers with the same one count together. */
function rateNeed({ name, limit, periodSeconds }: LimitObjects['rates'][number], gateway: string): Need {
  const numberOf = (env: string | null): string => String(1 + Number.parseInt(createHash('sha256').update(JSON.stringify([gateway, env, name])).digest('hex').slice(0, 7), 16))
  return {
    name,
    kind: 'rate limit',
    targetIn(block) {
      const found = entriesOf(block, 'ratelimits').find((binding) => binding.name === name)
      return found ? `${limit} in ${periodSeconds} s, namespace ${textOf(found.namespace_id)}` : null
    },
    add: (block, env) => ({ ...block, ratelimits: [...entriesOf(block, 'ratelimits'), { name, namespace_id: numberOf(env), simple: { limit, period: periodSeconds } }] }),
    ask: { wantedBy: 'accuracy "location"', table: 'ratelimits', entry: {}, hint: '' },
  }
}

/** `cfqueue://NAME`: the queue has to be there, `wrangler queues create NAME`. */
function producerNeed({ name, queue }: Plan['bindings']['queues']['producers'][number]): Need {
  const listOf = (block: Block): Block[] => entriesOf(blockOf(block.queues), 'producers')
  return {
    name,
    kind: 'queue',
    targetIn: (block) => textOf(listOf(block).find(({ binding }) => binding === name)?.queue) || null,
    add: (block) => ({ ...block, queues: { ...blockOf(block.queues), producers: [...listOf(block), { binding: name, queue }] } }),
    ask: { wantedBy: `cfqueue://${queue}`, table: 'queues.producers', entry: {}, hint: '' },
  }
}

/** async_agent: the Worker is the queue's consumer. What the user says of it, a dead letter queue for one, stands. */
function consumerNeed({ queue, batch }: Plan['bindings']['queues']['consumers'][number]): Need {
  const listOf = (block: Block): Block[] => entriesOf(blockOf(block.queues), 'consumers')
  return {
    name: queue,
    kind: 'queue consumer',
    targetIn: (block) => (listOf(block).some((consumer) => consumer.queue === queue) ? queue : null),
    add: (block) => ({ ...block, queues: { ...blockOf(block.queues), consumers: [...listOf(block), { queue, max_batch_size: batch }] } }),
    ask: { wantedBy: 'async_agent', table: 'queues.consumers', entry: {}, hint: '' },
  }
}

/** `service://NAME`: a service binding, or an address in `vars`. */
function serviceNeed(name: string): Need {
  const entry = { binding: name, service: '<name of the Worker>' }
  return { name, kind: 'service binding', targetIn, add: null, ask: { wantedBy: `service://${name}`, table: 'services', entry, hint: `or give its address in vars: ${name} = "https://…"` } }

  function targetIn(block: Block): string | null {
    for (const [table, target] of FETCHERS) {
      const found = entriesOf(block, table).find(({ binding }) => binding === name)
      if (found) return textOf(found[target])
    }
    const address = blockOf(block.vars)[name]
    return typeof address === 'string' ? address : null
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const entriesOf = (block: Block, table: string): Block[] => (Array.isArray(block[table]) ? (block[table] as unknown[]).map(blockOf) : [])

/** Analytics Engine: datasets are made by the first point written to them. */
function datasetNeed([name, dataset]: readonly [string, string]): Need {
  const found = (block: Block): Block | undefined => entriesOf(block, 'analytics_engine_datasets').find(({ binding }) => binding === name)
  return {
    name,
    kind: 'Analytics Engine dataset',
    targetIn: (block) => textOf(found(block)?.dataset) || null,
    add: (block) => ({ ...block, analytics_engine_datasets: [...entriesOf(block, 'analytics_engine_datasets'), { binding: name, dataset }] }),
    ask: { wantedBy: 'cuttle/analytics', table: 'analytics_engine_datasets', entry: {}, hint: '' },
  }
}

/** A need that only the user can meet, and the environment that lacks it; null is the top level. */
export interface Missing {
  env: string | null
  need: Need
}

/** What to tell the user: what is missing, and the lines that mend it, in the form of their own file. */
export function describeMissing({ env, need }: Missing, file: WranglerFile | null): string {
  const { wantedBy, table, hint } = need.ask
  const name = file?.name ?? 'wrangler.toml'
  const inherits = env !== null && need.targetIn(file?.value ?? {}) !== null ? ', which inherits none' : ''
  const where = env === null ? '' : ` for env.${env}${inherits}`
  const entry = suggestEntry(need, file)
  const lines = name.endsWith('.toml') ? tomlLines(env === null ? table : `env.${env}.${table}`, entry) : jsonLines(env, table, entry)
  return `${wantedBy} needs a binding ${need.name} in ${name}${where}. Add\n\n${lines.map((line) => `    ${line}`).join('\n')}\n\n  ${hint}`
}

/** What another block binds to the name is the likeliest target. */
function suggestEntry({ name, ask: { table, entry } }: Need, file: WranglerFile | null): Need['ask']['entry'] {
  const blocks = [file?.value ?? {}, ...Object.values(blockOf(file?.value.env)).map(blockOf)]
  const known = blocks.flatMap((block) => entriesOf(block, table)).find(({ binding }) => binding === name)
  return known ? Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, textOf(known[key]) || value])) : entry
}

const tomlLines = (table: string, entry: Need['ask']['entry']): string[] => [`[[${table}]]`, ...Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)]

function jsonLines(env: string | null, table: string, entry: Need['ask']['entry']): string[] {
  const line = `"${table}": [${JSON.stringify(entry)}]`
  return env === null ? [line] : [`"env": { "${env}": { ${line} } }`]
}
