/** Keys and passwords of a configuration are in no file that is deployed: bindings hold them, and each target names those it needs. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, test } from 'node:test'
import { parseEnv } from 'node:util'
import { emitFolder, writeFolder } from '../compiler/emit/folder.ts'
import { compile, type Compiled } from '../compiler/compile.ts'
import { bundle } from '../compiler/emit/bundle.ts'
import { emitModule, TARGETS } from '../compiler/emit/module.ts'
import { emitSecrets, SECRETS_FILE } from '../compiler/emit/secrets.ts'
import { emitWrangler } from '../compiler/emit/wrangler.ts'
import type { Block } from '../compiler/load/wrangler.ts'
import { readJson } from '../compiler/load/source.ts'
import { features } from '../features/index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-secrets-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const HASH = '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
/** Each stands in the configuration or in a file beside it. */
const SECRETS = ['plain-api-key-4711', 'salt-of-keys-4712', HASH, 'client-secret-4713', 'c3ltbWV0cmljLWtleS00NzE0', 'cHJpdmF0ZS1leHBvbmVudA']
const [apiKey, salt, hash, clientSecret, symmetric, exponent] = SECRETS

writeFileSync(path.join(folder, 'symmetric.json'), JSON.stringify({ keys: [{ kty: 'oct', kid: 'a', k: symmetric }] }))
writeFileSync(path.join(folder, 'private.json'), JSON.stringify({ keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'b', x: 'AAAA', d: exponent }] }))

const backend = (extra: object = {}): object => ({ host: ['http://upstream'], url_pattern: '/', extra_config: extra })
const endpoint = (name: string, extra: object, inner?: object): object => ({ endpoint: name, backend: [backend(inner)], extra_config: extra })
const local = (file: string): object => ({ alg: 'HS256', jwk_local_path: file, disable_jwk_security: true })
const CONFIG = {
  version: 3,
  extra_config: { 'auth/api-keys': { keys: [{ key: apiKey, roles: ['admin'] }], salt } },
  endpoints: [
    endpoint('/keys', { 'auth/api-keys': { roles: ['admin'] } }),
    endpoint('/basic', { 'auth/basic': { users: { ana: hash } } }),
    endpoint('/token', { 'auth/validator': local('symmetric.json') }),
    endpoint('/same', { 'auth/validator': local('symmetric.json') }),
    endpoint('/sign', { 'auth/signer': { ...local('private.json'), alg: 'EdDSA', kid: 'b', keys_to_sign: ['token'] } }),
    endpoint('/client', {}, { 'auth/client-credentials': { client_id: 'me', client_secret: clientSecret, token_url: 'https://id.test/token' } }),
  ],
}

const compiled = (): Compiled => compile(readJson(path.join(folder, 'gateway.json'), JSON.stringify(CONFIG)), features)

suite('secrets of a configuration', () => {
  const { plan, secrets, findings } = compiled()
  const without = (text: string): void => {
    for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} stands there`)
  }

  test('the plan has their names alone', () => {
    assert.deepEqual(plan.bindings.secrets, Object.keys(secrets).toSorted())
    assert.deepEqual(plan.bindings.secrets.filter((name) => /^(AUTH|JWK)_/.test(name)), ['AUTH_API_KEYS', 'AUTH_BASIC_USERS', 'JWK_PRIVATE', 'JWK_SYMMETRIC'])
    without(JSON.stringify(plan))
    without(JSON.stringify(findings))
    for (const secret of SECRETS) assert.ok(Object.values(secrets).some((value) => value.includes(secret)), `${secret} is in no binding`)
  })

  for (const target of TARGETS) {
    test(`nothing that is built for ${target} has one`, async () => {
      without((await bundle(emitModule(plan, target))).code)
      for (const text of Object.values(await emitFolder(plan, target))) without(text)
    })
  }

  test('wrangler is told which it needs', () => {
    const { value, missing } = emitWrangler(null, plan, '.gateway')
    without(JSON.stringify(value))
    assert.deepEqual((value.secrets as { required: string[] }).required.toSorted(), plan.bindings.secrets)
    assert.deepEqual(missing, [])
  })

  test(`${SECRETS_FILE} has them as they are, for its owner alone`, () => {
    writeFolder(folder, emitSecrets(secrets))
    const file = path.join(folder, SECRETS_FILE)
    assert.deepEqual({ ...parseEnv(readFileSync(file, 'utf8')) }, secrets)
    assert.equal(statSync(file).mode & 0o777, 0o600)
  })

  test('a list of revoked tokens wants a KV namespace, or an address', () => {
    const revoker = { ...CONFIG, extra_config: { ...CONFIG.extra_config, 'auth/revoker': { token_keys: ['jti'], binding: 'REVOKED' } } }
    const { plan: listed } = compile(readJson(path.join(folder, 'gateway.json'), JSON.stringify(revoker)), features)
    const missing = (value: object): string[] => emitWrangler({ name: 'wrangler.toml', value: value as Block }, listed, '.gateway').missing.map(({ need }) => need.name)
    assert.deepEqual(missing({}), ['REVOKED'])
    assert.deepEqual(missing({ kv_namespaces: [{ binding: 'REVOKED', id: 'abc' }] }), [])
    assert.deepEqual(missing({ vars: { REVOKED: 'https://lists.example.com/revoked' } }), [])
  })

  test('names stay, whatever comes later in the configuration', () => {
    assert.deepEqual(compiled().secrets, secrets)
  })
})
