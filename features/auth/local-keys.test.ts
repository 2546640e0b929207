/** Files of keys that are none (security/RULES.md, auth/validator, auth/signer). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { RefusedError } from '../../compiler/diagnostics.ts'
import { createGateway } from '../../test/gateway.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'cuttle-keys-'))

async function status(namespace: 'auth/validator' | 'auth/signer', text: string | null | undefined): Promise<number | 'refused'> {
  const file = path.join(folder, text === null ? 'absent.json' : text === undefined ? '.' : 'keys.json')
  if (typeof text === 'string') writeFileSync(file, text)
  const block = { alg: 'HS256', kid: 'a', jwk_local_path: file, disable_jwk_security: true, keys_to_sign: [] }
  try {
    const gateway = await createGateway({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://api.test'], url_pattern: '/' }], extra_config: { [namespace]: block } }] }, { fetch: () => Promise.resolve(Response.json({})) })
    return (await gateway.fetch('/a')).status
  } catch (error) {
    if (error instanceof RefusedError) return 'refused'
    throw error
  }
}

/** There is none, or a folder in its place. */
const BROKEN = [null, undefined, '', '[]', '{"keys": 5}', '{"keys": [{"kty": "XYZ"}]}', '{"keys": [{"kty": "oct"}]}', '{"keys": [{"kty": "oct", "k": "a b"}]}', '{"keys": [{"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA"}]}', '{"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}', '\ufeff{"keys": [{"kty": "oct", "k": "AA"}]}']

test('a validator with such a file keeps the gateway from starting', async () => {
  for (const text of BROKEN) assert.equal(await status('auth/validator', text), 'refused', String(text))
})

test('a signer with such a file is closed', async () => {
  for (const text of BROKEN) assert.equal(await status('auth/signer', text), 401, String(text))
})

test('a set without keys opens nothing', async () => {
  for (const text of ['null', '{}', '{"keys": []}', '{"keys": null}']) {
    assert.equal(await status('auth/validator', text), 401)
    assert.equal(await status('auth/signer', text), 401)
  }
  assert.equal(await status('auth/signer', '{"keys": [{"kty": "oct", "kid": "a", "k": "c2VjcmV0"}]}'), 200)
})
