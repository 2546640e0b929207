import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handOver, OwnResponse, WholeResponse } from './answer.ts'

const BYTES = new TextEncoder().encode('0123456789')

test('bytes that are handed over are what slice makes of them, and nothing else is', () => {
  const bytes = BYTES.slice().subarray(2, 8)
  assert.equal(handOver(bytes).slice(), bytes)
  const body = handOver(bytes)
  assert.equal(String(body.subarray(1, 3)), String(bytes.subarray(1, 3)))
  assert.equal(String(body.slice()), String(bytes))
  assert.notEqual(body.slice().buffer, bytes.buffer)
  assert.equal(String(handOver(bytes).slice(1)), String(bytes.subarray(1)))
  const [first, second] = [handOver(bytes), handOver(BYTES)]
  assert.equal(String(first.slice()), String(bytes))
  assert.equal(String(second.slice()), String(BYTES))
})

test('responses of bytes have their text', async () => {
  assert.equal(await new Response(handOver(BYTES.subarray(3))).text(), '3456789')
  assert.equal(await new OwnResponse(BYTES.slice(), {}, 'http://up.test/').text(), '0123456789')
  assert.equal(await new WholeResponse(BYTES.slice(), {}, 'http://up.test/').text(), '0123456789')
})
