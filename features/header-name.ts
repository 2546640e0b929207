/** Names of headers in a configuration. At run time, asking for one that HTTP does not allow throws; KrakenD finds nothing there. */
import type { Path, Report } from '../compiler/diagnostics.ts'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** The name, or '' for one that no request has; `effect` says what becomes of it. */
export function headerName(name: string, at: Path, report: Report, effect: string): string {
  if (TOKEN.test(name)) return name
  if (name) report.warn(at, 'bad-header', `expected a header's name, found "${name}": ${effect}`)
  return ''
}
