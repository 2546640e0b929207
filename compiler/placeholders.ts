/** What a url_pattern asks for and nothing fills: it is sent as it stands (proxy/RULES.md §6). */
import type { Path, Report } from './diagnostics.ts'
import { addressOf, isShadow } from './normalise/endpoint.ts'
import { cleanPath, placeholdersOf } from './paths.ts'
import { type ExtraConfig, renameOld } from './schema/namespaces.ts'
import type { Endpoint, Service } from './schema/service.ts'

/** Not for workflows: what is around one may fill it. */
export function checkFilled(endpoint: Endpoint, service: Service, at: Path, report: Report): void {
  const extra = renameOld(endpoint.extra_config)
  const { parameters } = addressOf(endpoint, service)
  const regular = [...(endpoint.backend ?? []).entries()].filter(([, backend]) => !isShadow(backend))
  const inSequence = regular.length > 1 && isSequence(extra)
  for (const [step, [i, { url_pattern: pattern }]] of regular.entries()) {
    for (const name of placeholdersOf(cleanPath(pattern ?? ''))) {
      const why = parameters.includes(name) ? null : name.startsWith('JWT.') ? withoutToken(extra) : withoutAnswer(name, step, inSequence)
      if (why !== null) report.warn([...at, 'backend', i, 'url_pattern'], 'never-filled', `nothing fills {${name}}: ${why}`)
    }
  }
}

function isSequence({ proxy }: ExtraConfig): boolean {
  const { strategy, sequential } = (proxy ?? {}) as { sequential?: unknown; strategy?: unknown }
  return (strategy ?? (sequential === true ? 'sequential' : '')) === 'sequential'
}

const withoutToken = (extra: ExtraConfig): string | null => ('auth/validator' in extra ? null : 'claims are those of auth/validator, which the endpoint does not have')

function withoutAnswer(name: string, step: number, inSequence: boolean): string | null {
  const from = /^resp(\d+)_/.exec(name)?.[1]
  if (from === undefined || (inSequence && Number(from) < step)) return null
  return inSequence ? 'a step knows the answers of those before it' : 'answers are known to the steps of a sequence alone ("sequential": true in extra_config.proxy)'
}
