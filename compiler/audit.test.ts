/** KrakenD's rules ask what was read, not what was written (transform/RULES.md §7). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audit } from './audit.ts'
import { serviceSchema, type Service } from './schema/service.ts'

const rulesOf = (file: object): string[] => audit(serviceSchema.parse(file) as Service, file).map(({ rule }) => rule)

const CASES: readonly (readonly [name: string, file: object, rule: string, applies: boolean])[] = [
  ['tls that is off', { tls: { disabled: true } }, '2.1.3', true],
  ['tls that is off, in a text', { TLS: { Disabled: 'true' } }, '2.1.3', true],
  ['tls that is on', { tls: { disabled: 0 } }, '2.1.3', false],
  ['h2c, in a text', { use_h2c: '1' }, '2.1.8', true],
  ['insecure connections, as a number', { allow_insecure_connections: 1 }, '2.1.1', true],
  ['a key of its own', { tls: { public_key: 'a.pem' } }, '7.3.1', true],
  ['an empty key of its own', { tls: { public_key: '', keys: [{ public_key: 'a.pem', private_key: 'a.key' }] } }, '7.3.1', false],
  ['two calls of gRPC', { endpoints: [{ endpoint: '/', backend: [{ extra_config: { 'backend/grpc': {} } }, { extra_config: { 'backend/grpc': {} } }] }] }, '5.1.6', true],
  ['two GETs', { endpoints: [{ endpoint: '/', backend: [{}, {}] }] }, '5.1.6', false],
]

for (const [name, file, rule, applies] of CASES) test(`${name}: ${rule} ${applies ? 'applies' : 'does not'}`, () => assert.equal(rulesOf(file).includes(rule), applies))
