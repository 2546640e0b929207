/** `retry` and `eject` of backend/http/client, which are Cuttle's own. */
import type { RetryOptions } from '../../worker/backend/retry.ts'
import type { Use } from '../../worker/types.ts'
import type { Path, Report } from '../diagnostics.ts'
import type { HttpClientBlock } from '../schema/core.ts'
import type { ExtraConfig } from '../schema/namespaces.ts'
import { use } from './scope.ts'

interface Backend {
  client: HttpClientBlock
  /** By today's names. */
  extra: ExtraConfig
  method: string
  hosts: readonly string[]
  bodiless: boolean
  raced: boolean
  /** It is called over HTTP, and by nothing else. */
  http: boolean
}

/** What may be asked twice (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])
const STATUSES = [502, 503, 504]
const TIMES = 2
const BUDGET_PERCENT = 20
const EJECT = { after: 5, for: 10_000 }

/** The stage, if there is anything for it to do. */
export function retryUse({ client, extra, method, hosts, bodiless, raced, http }: Backend, at: Path, report: Report): Use[] {
  const { retry } = client
  const wanted = client.eject ?? (retry ? {} : false)
  if (!retry && !wanted) return []
  const where = [...at, 'extra_config', 'backend/http/client']
  const reason = http ? reasonAgainst(method, extra) : 'this backend is not called over HTTP'
  if (retry && reason !== null) report.warn([...where, 'retry'], 'no-effect', `${reason}: it is called once`, {})
  if (!http) return []
  const options: RetryOptions = {
    hosts,
    times: retry && reason === null ? (retry.times ?? TIMES) : 0,
    bodiless,
    attemptMs: retry?.attempt_timeout ?? null,
    statuses: retry?.statuses ?? STATUSES,
    budget: (retry?.budget ?? BUDGET_PERCENT) / 100,
    eject: wanted ? { after: wanted.after ?? EJECT.after, forMs: wanted.for ?? EJECT.for } : null,
    raced,
  }
  return [use('worker/backend/retry', options)]
}

/** Why the call may be made once only; null: it may be made again. */
function reasonAgainst(method: string, extra: ExtraConfig): string | null {
  if (!IDEMPOTENT.has(method)) return `a ${method} may do its work although no answer came`
  if ('backend/graphql' in extra || 'modifier/lua-backend' in extra || JSON.stringify(extra['modifier/martian'] ?? {}).includes('method.Modifier')) return 'the method is not known before the call'
  return null
}
