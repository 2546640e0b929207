import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseData, withDoubles } from './data.ts'
import { printNumber, printSingle } from './go-number.ts'

test("doubles are Go's %v", () => {
  const texts = { 1: '1', 0: '0', [-7]: '-7', 12.5: '12.5', 999999: '999999', 1e6: '1e+06', 123456789: '1.23456789e+08', 100000.5: '100000.5', 0.0001: '0.0001', 0.00001: '1e-05', 1.5e-7: '1.5e-07', 3e20: '3e+20', 1e100: '1e+100', 9007199254740992: '9.007199254740992e+15' }
  for (const [number, text] of Object.entries(texts)) assert.equal(printNumber(withDoubles(Number(number))), text)
})

test("an upstream's numbers are their texts", () => {
  for (const text of ['1000000', '1.50', '1e3', '-0']) assert.equal(printNumber(parseData(text)), text)
  assert.equal(printNumber('1'), null)
})

test('singles have the digits that they need, and an exponent', () => {
  const texts = { 1: '1E+00', 0: '0E+00', 2.5: '2.5E+00', 1e6: '1E+06', 16777217: '1.6777216E+07', 0.1: '1E-01', 0.3: '3E-01', 1e-7: '1E-07', [-12]: '-1.2E+01', 3.4e38: '3.4E+38', 1e300: '+Inf', [-1e300]: '-Inf' }
  for (const [number, text] of Object.entries(texts)) assert.equal(printSingle(Number(number)), text)
})
