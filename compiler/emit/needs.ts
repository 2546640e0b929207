/** What a gateway asks of its Worker's configuration: one function a kind of binding, which knows how to add it or what to say. */
import { type Block, blockOf, type WranglerFile } from '../load/wrangler.ts'
import type { Plan, TlsBinding } from '../plan.ts'

export interface Need {
  /** The binding's name. */
  name: string
  /** As `deploy` lists it: `service binding`. */
  kind: string
  /** What stands behind the binding in this block, or null where the block has none. */
  targetIn(block: Block): string | null
  /** The block with the binding; null where only the user knows what to bind: then `ask` says what to write. */
  add: ((block: Block) => Block) | null
  ask: Ask
}
export interface Ask {
  /** Why it is needed: `service://SHOP`. */
  wantedBy: string
  /** The table to write into, and the entry; a target in angle brackets is the user's to fill in. */
  table: string
  entry: { readonly [key: string]: string }
  /** Another way, if there is one. */
  hint: string
}

export function needsOf({ bindings }: Plan): Need[] {
  return [...bindings.services.map(serviceNeed), ...bindings.tls.map(certificateNeed)]
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
