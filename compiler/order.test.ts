import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { suite, test } from 'node:test'
import type { Module } from '../worker/types.ts'
import { inOrder, ORDER } from './order.ts'

suite('the order', () => {
  test('names each module once a layer', () => {
    for (const names of Object.values(ORDER)) assert.equal(new Set(names).size, names.length)
  })

  for (const [layer, names] of Object.entries(ORDER)) {
    for (const name of names) {
      // A list may say where a stage will stand.
      const file = new URL(`../${name}${name.startsWith('features/') ? '/worker' : ''}.ts`, import.meta.url)
      test(`${name} has a stage for the layer ${layer}`, { skip: name.startsWith('features/') && !existsSync(file) && 'not there yet' }, async () => {
        const module = (await import(file.href)) as Module
        assert.equal(typeof module[layer as keyof Module], 'function')
      })
    }
  }

  test('sorts what a plan uses, and leaves the list alone', () => {
    const uses = [['worker/backend/prepare', 1], ['worker/shape/data', 2], ['worker/backend/concurrent', 3]] as const
    assert.deepEqual(inOrder('backend', uses).map(([name]) => name), ['worker/backend/concurrent', 'worker/backend/prepare', 'worker/shape/data'])
    assert.equal(uses[0][0], 'worker/backend/prepare')
  })

  test('refuses what it does not know', () => {
    assert.throws(() => inOrder('proxy', [['worker/backend/prepare', {}]]), /does not say where worker\/backend\/prepare stands in the layer proxy/)
  })
})
