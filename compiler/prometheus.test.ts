import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addUp, parseSamples, quantile } from './prometheus.ts'

const text = (a: number, b: number): string => `# HELP x_total How many
# TYPE x_total counter
x_total{route="/a b",code="200"} ${a}
x_total{route="}"} 1
# HELP target_info Target metadata
# TYPE target_info gauge
target_info{service="s"} 1
# HELP d_seconds How long
# TYPE d_seconds histogram
d_seconds_bucket{le="0.1"} ${b}
d_seconds_bucket{le="+Inf"} ${b}
d_seconds_sum 0.5
d_seconds_count ${b}
`

test('several processes are added up, series by series', () => {
  assert.equal(addUp([text(1, 2), text(10, 20)]), text(11, 22).replace('x_total{route="}"} 1', 'x_total{route="}"} 2').replace('d_seconds_sum 0.5', 'd_seconds_sum 1'))
  assert.equal(addUp([text(1, 2)]), text(1, 2))
  assert.equal(addUp([]), '\n')
})

test('quantiles of a histogram, over all its series', () => {
  const samples = parseSamples('d_bucket{r="a",le="0.1"} 50\nd_bucket{r="a",le="1"} 90\nd_bucket{r="a",le="+Inf"} 90\nd_bucket{r="b",le="0.1"} 0\nd_bucket{r="b",le="1"} 0\nd_bucket{r="b",le="+Inf"} 10\n')
  assert.equal(quantile(samples, 'd', 0.5), 0.1)
  assert.equal(quantile(samples, 'd', 0.7)?.toFixed(3), '0.550')
  assert.equal(quantile(samples, 'd', 0.99), 1)
  assert.equal(quantile(samples, 'none', 0.5), null)
})
