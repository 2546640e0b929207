import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressBits, isAddress } from './address.ts'

test("addresses are Go's", () => {
  for (const text of ['1.2.3.4', '::', '::1.2.3.4', '1::', '::ffff:1.2.3.4', '1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:AbCd']) assert.ok(isAddress(text), text)
  const bad = ['', '1.2.3', '01.2.3.4', '256.2.3.4', '1.2.3.4.', '1.2.3.4:80', '1.2.3.4::', '1.2.3.4::1', ':', ':::', '1:', ':1', '1::2::3', '1:2:3:4::5:6:7:8', '1:2:3:4:5:6:7:1.2.3.4', '::1.2.3', '::1%eth0', '[::1]', '12345::', 'g::']
  for (const text of bad) assert.deepEqual([isAddress(text), addressBits(text)], [false, null], text)
})

test('an address as bits', () => {
  assert.equal(addressBits('10.0.0.255'), `400001010${'0'.repeat(16)}${'1'.repeat(8)}`)
  assert.equal(addressBits('::ffff:10.0.0.255'), addressBits('10.0.0.255'))
  assert.equal(addressBits('::ffff:a00:ff'), addressBits('10.0.0.255'))
  assert.equal(addressBits('1::2'), `6${'0'.repeat(15)}1${'0'.repeat(110)}10`)
})
