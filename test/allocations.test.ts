/** What a request allocates: the same on every machine, so it is held where times can't be. Most of it is Node's own Request and Response. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Bytes of JavaScript heap a request, with five in a hundred for what a new Node may change. */
const LIMITS: { readonly [work: string]: number } = { 'pass-through': 12_900, JSON: 24_600, 'three merged': 36_200 }

test('no request allocates more than it did', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', '--max-semi-space-size=1024', fileURLToPath(new URL('../bench/allocations.ts', import.meta.url))], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const results = JSON.parse(stdout) as { [work: string]: number }
  assert.deepEqual(Object.keys(results), Object.keys(LIMITS))
  for (const [work, bytes] of Object.entries(results)) assert.ok(bytes > 1000 && bytes <= LIMITS[work]!, `${work}: ${bytes} bytes a request, and at most ${LIMITS[work]} are held`)
})
