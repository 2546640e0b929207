/** client_tls → a binding whose fetch presents the certificate: `mtls_certificates` on Cloudflare, a network of its own elsewhere. */
import { z } from 'zod'
import type { Path, Report } from '../diagnostics.ts'
import type { TlsBinding } from '../plan.ts'
import { flag, texts } from '../schema/core.ts'
import { reportUnknownKeys, type ExtraConfig } from '../schema/namespaces.ts'

const schema = z.object({
  allow_insecure_connections: flag(),
  ca_certs: texts(),
  disable_system_ca_pool: flag(),
  client_certs: z.array(z.object({ certificate: z.string(), private_key: z.string() })).optional(),
  min_version: z.unknown().optional(),
  max_version: z.unknown().optional(),
  curve_preferences: z.unknown().optional(),
  cipher_suites: z.unknown().optional(),
})

/** Bindings in the order in which they were asked for; equal blocks share one. */
export interface TlsBindings {
  /** The binding's name; null where the block asks for nothing that a binding could do. */
  nameOf(block: unknown, at: Path): string | null
  readonly all: readonly TlsBinding[]
}

export function createTlsBindings(report: Report): TlsBindings {
  const names = new Map<string, string | null>()
  const all: TlsBinding[] = []
  const add = (block: unknown, at: Path): string | null => {
    const binding = read(block, at, report)
    if (!binding) return null
    const name = `CLIENT_TLS${all.length ? `_${all.length + 1}` : ''}`
    all.push({ name, ...binding })
    return name
  }
  return {
    all,
    nameOf(block, at) {
      if (block === undefined || block === null) return null
      const key = JSON.stringify(block)
      if (!names.has(key)) names.set(key, add(block, at))
      return names.get(key)!
    },
  }
}

function read(block: unknown, at: Path, report: Report): Omit<TlsBinding, 'name'> | null {
  const parsed = schema.safeParse(block)
  if (!parsed.success) {
    for (const issue of parsed.error.issues) report.error([...at, ...(issue.path as Path)], 'wrong-type', issue.message)
    return null
  }
  reportUnknownKeys(block as ExtraConfig, Object.keys(schema.shape), at, report)
  const { ca_certs: caCerts = [], client_certs: certificates = [], disable_system_ca_pool: ownCasOnly, allow_insecure_connections: insecure } = parsed.data
  if (insecure) report.warn([...at, 'allow_insecure_connections'], 'not-possible', 'certificates of upstreams are always verified: name their authority in ca_certs')
  if (certificates.length > 1) report.warn([...at, 'client_certs', 1], 'no-effect', 'one certificate is presented, the first')
  const [first] = certificates
  if (!first && !caCerts.length) return null
  return { caCerts, systemCas: ownCasOnly !== true, certificate: first ? { certificate: first.certificate, privateKey: first.private_key } : null }
}
