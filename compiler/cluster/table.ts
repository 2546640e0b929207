/** What the nodes do, as a table: drawn over itself on a terminal, a line a node elsewhere. */
import { quantile, type Sample } from '../prometheus.ts'
import { style } from '../terminal.ts'

export interface Row {
  name: string
  state: 'serves' | 'starts' | 'stops' | 'is dead'
  port: number
  pid: number | undefined
  requests: number
  errors: number
  perSecond: number
  p50: number | null
  p99: number | null
  /** Of one core. */
  cpu: number | null
  /** Microseconds of CPU a request. */
  cost: number | null
  memory: number | null
}

const DURATION = 'http_server_request_duration_seconds'

/** Requests and errors of a node since it was started, and what its answers took. */
export function countsOf(samples: readonly Sample[]): { requests: number; errors: number; p50: number | null; p99: number | null } {
  const counts = samples.filter(({ name }) => name === `${DURATION}_count`)
  const sum = (list: readonly Sample[]): number => list.reduce((total, { value }) => total + value, 0)
  const milliseconds = (share: number): number | null => {
    const seconds = quantile(samples, DURATION, share)
    return seconds === null ? null : seconds * 1000
  }
  return { requests: sum(counts), errors: sum(counts.filter(({ labels }) => /http_response_status_code="5/.test(labels))), p50: milliseconds(0.5), p99: milliseconds(0.99) }
}

const HEADS = ['node', 'state', 'port', 'pid', 'requests', 'errors', 'req/s', 'p50 ms', 'p99 ms', 'CPU %', 'µs/req', 'MB']

/** The first bound of the nodes' histograms: nothing is known of what lies below. */
export const LEAST_MS = 10

export function drawTable(rows: readonly Row[]): string {
  const shown = (value: number | null | undefined, digits = 0): string => (value === null || value === undefined ? '–' : value.toFixed(digits))
  const shownTime = (ms: number | null): string => (ms !== null && ms <= LEAST_MS ? `≤${LEAST_MS}` : shown(ms, 1))
  const cells = rows.map((row) => [row.name, row.state, String(row.port), shown(row.pid), shown(row.requests), shown(row.errors), shown(row.perSecond), shownTime(row.p50), shownTime(row.p99), shown(row.cpu === null ? null : row.cpu * 100), shown(row.cost), shown(row.memory === null ? null : row.memory / 1e6)])
  const widths = HEADS.map((head, i) => Math.max(head.length, ...cells.map((line) => line[i]!.length)))
  const line = (texts: readonly string[]): string => texts.map((text, i) => (i < 2 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  ')
  return [style('dim', line(HEADS)), ...cells.map((texts, i) => paint(rows[i]!, line(texts)))].join('\n')
}

const paint = ({ state, errors }: Row, text: string): string => (state === 'is dead' ? style('red', text) : state === 'serves' ? (errors ? style('yellow', text) : text) : style('dim', text))
