/** Tokens that should not open anything, and a few that should, against whole gateways in their runtimes. */
import assert from 'node:assert/strict'
import { createHmac, createPublicKey } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { createIssuer, kidOf, SECRET } from '../issuer.ts'
import { type Attacked, attack } from './gateway.ts'

const ALGORITHMS = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const EXP = 4102444800
const issuer = createIssuer()
const stranger = createIssuer()
const text = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const good = issuer.token('RS256', { sub: 'ana', exp: EXP })
const [goodHead, goodBody, goodSignature] = good.split('.') as [string, string, string]
const now = (): number => Math.floor(Date.now() / 1000)

/** Signed with what is no secret: the text of the public key, in the forms that libraries take. */
function confused(): string[] {
  const jwk = issuer.keys.rsa!
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const secrets = [key.export({ type: 'spki', format: 'pem' }), key.export({ type: 'pkcs1', format: 'pem' }), key.export({ type: 'spki', format: 'der' }), JSON.stringify(jwk), Buffer.from(jwk.n!, 'base64url'), '']
  const input = `${text({ alg: 'HS256', kid: 'rsa' })}.${text({ sub: 'root', exp: EXP })}`
  return secrets.map((secret) => `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)
}

const unsigned = (header: object): string[] => ['', goodSignature].map((signature) => `${text(header)}.${text({ sub: 'root', exp: EXP })}.${signature}`)
const resigned = (header: object, claims: object = { sub: 'root', exp: EXP }): string => stranger.token('RS256', claims, header)

const REFUSED: { readonly [attack: string]: readonly string[] } = {
  'algorithm none, however it is spelled': ['none', 'None', 'NONE', 'nOnE', '', null, ['RS256'], undefined].flatMap((alg) => unsigned({ alg, kid: 'rsa' })),
  'HS256 with the public key of RS256': confused(),
  'HS256 with the real secret, where RS256 is wanted': [issuer.token('HS256', { exp: EXP }), issuer.token('HS256', { exp: EXP }, { kid: 'rsa' })],
  'another algorithm of the same key': ['RS384', 'RS512', 'PS256'].map((alg) => issuer.token(alg, { exp: EXP })),
  'signed by another under a known kid': [resigned({})],
  'a kid that is a path, a query, an address, a prototype': ['../../../../dev/null', '/dev/null', "x' UNION SELECT 'k", 'https://evil.test/jwks', '__proto__', 'constructor', 'toString', '', 'oct', 'rsa\0'].map((kid) => resigned({ kid })),
  'a kid that is no text': [1, null, {}, ['rsa'], true].map((kid) => resigned({ kid })),
  'a key brought along': [resigned({ jwk: stranger.keys.rsa }), resigned({ jku: 'https://evil.test/jwks' }), resigned({ x5u: 'https://evil.test/cert' }), resigned({ x5c: ['MIIB'] })],
  expired: [issuer.token('RS256', { exp: now() - 60 }), issuer.token('RS256', { exp: 0 }), issuer.token('RS256', { exp: -1 })],
  'not yet valid, or issued in the future': [issuer.token('RS256', { nbf: now() + 60 }), issuer.token('RS256', { iat: now() + 60 })],
  'times that are no numbers': ['4102444800', {}, [EXP], true, ''].map((exp) => issuer.token('RS256', { exp })),
  'the payload or the header exchanged': [`${goodHead}.${text({ sub: 'root', exp: EXP })}.${goodSignature}`, `${text({ alg: 'RS256', kid: 'rsa', typ: 'x' })}.${goodBody}.${goodSignature}`],
  'no signature, or one of another length': [`${goodHead}.${goodBody}.`, `${goodHead}.${goodBody}`, `${good}AA`, good.slice(0, -4), `${good}.${goodSignature}`],
  'parts that are no base64url': [`${goodHead}.${goodBody}.${goodSignature.replace(/./, '+')}`, `${goodHead}%00.${goodBody}.${goodSignature}`, `${goodHead}.${goodBody}!.${goodSignature}`, '..', '.', 'a.b.c'],
  'what is no object': ['"RS256"', '[]', '1', 'null', '{', ''].map((head) => `${text(head)}.${goodBody}.${goodSignature}`),
  'a critical extension': [issuer.token('RS256', { exp: EXP }, { crit: ['exp'] }), issuer.token('RS256', { exp: EXP }, { crit: ['x'], x: 1 }), issuer.token('RS256', { exp: EXP }, { crit: 'x' }), issuer.token('RS256', { exp: EXP }, { crit: [] })],
  'JSON forms with several signatures, or with a header that is not signed': [
    JSON.stringify({ payload: goodBody, signatures: [{ protected: goodHead, signature: goodSignature }, { protected: goodHead, signature: 'AA' }] }),
    JSON.stringify({ payload: goodBody, header: { alg: 'RS256', kid: 'rsa' }, signature: goodSignature }),
    JSON.stringify({ payload: text({ sub: 'root' }), protected: goodHead, signature: goodSignature }),
  ],
  'deep JSON': [`${text(`{"alg":"RS256","kid":"rsa","x":${'['.repeat(4000)}${']'.repeat(4000)}}`)}.${goodBody}.${goodSignature}`],
}

/** Answers of raw requests; what a runtime refuses by itself never gets here. */
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)

for (const runtime of ['workerd', 'deno'] as const) {
  suite(`tokens, ${runtime}`, () => {
    let gateway: Attacked
    let keys: http.Server
    before(async () => {
      keys = http.createServer((_, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: Object.values(issuer.keys) })))
      await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve))
      const jwk_url = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`
      gateway = await attack(
        runtime,
        (upstream) => ({
          version: 3,
          endpoints: ALGORITHMS.map((alg) => ({
            endpoint: `/${alg}`,
            input_headers: ['X-User', 'X-Role'],
            backend: [{ host: [upstream], url_pattern: '/' }],
            extra_config: { 'auth/validator': { alg, jwk_url, disable_jwk_security: true, cache: true, propagate_claims: [['sub', 'X-User'], ['role', 'X-Role']] } },
          })),
        }),
        (_, response) => response.setHeader('content-type', 'application/json').end('{}'),
      )
    })
    after(async () => {
      await gateway.stop()
      keys.close()
    })
    const ask = async (path: string, ...fields: readonly string[]): Promise<number> => statusOf(await gateway.write(`GET ${path} HTTP/1.1\r\nHost: g\r\n${fields.map((field) => `${field}\r\n`).join('')}Connection: close\r\n\r\n`))

    for (const alg of ALGORITHMS) {
      test(`${alg}: its own tokens, and nobody else's`, async () => {
        assert.equal(await ask(`/${alg}`, `Authorization: Bearer ${issuer.token(alg, { exp: EXP })}`), 200)
        if (kidOf(alg) !== 'oct') assert.equal(await ask(`/${alg}`, `Authorization: Bearer ${stranger.token(alg, { exp: EXP })}`), 401)
        assert.equal(await ask(`/${alg}`, `Authorization: Bearer ${issuer.token(alg, { exp: EXP }).slice(0, -8)}AAAAAAAA`), 401)
      })
    }

    for (const [name, tokens] of Object.entries(REFUSED)) {
      test(`${name}: 401`, async () => {
        for (const token of tokens) {
          gateway.sent()
          assert.equal(await ask('/RS256', `Authorization: Bearer ${token}`), 401, token.slice(0, 200))
          assert.deepEqual(gateway.sent(), [])
        }
      })
    }

    test('tokens beyond every size end at once', async () => {
      const began = performance.now()
      for (const size of [20_000, 70_000, 100_000]) {
        const status = await ask('/RS256', `Authorization: Bearer ${'a'.repeat(size)}.${'b'.repeat(size / 10)}.c`)
        assert.ok([0, 400, 401, 413, 431].includes(status), String(status))
      }
      assert.ok(performance.now() - began < 5000)
    })

    test('two Authorization headers, one good: no', async () => {
      const [bad, fine] = ['Authorization: Bearer a.b.c', `Authorization: Bearer ${good}`]
      for (const fields of [[bad, fine], [fine, bad], [fine, fine]]) assert.notEqual(await ask('/RS256', ...fields), 200)
      assert.deepEqual(gateway.sent(), [])
    })

    test('a folded header is no header', async () => {
      gateway.sent()
      assert.notEqual(await ask('/RS256', 'Authorization: Bearer', ` ${good}`), 200)
      assert.notEqual(await ask('/RS256', 'X-Other: 1', ` Authorization: Bearer ${good}`), 200)
      assert.deepEqual(gateway.sent(), [])
    })

    test('claims take the place of what a client says in their headers, however often', async () => {
      gateway.sent()
      assert.equal(await ask('/RS256', 'X-User: root', 'x-user: root', 'X-Role: admin', `Authorization: Bearer ${good}`), 200)
      const { headers } = gateway.sent()[0]!
      assert.deepEqual([headers.get('x-user'), headers.get('x-role')], [['ana'], ['']])
    })

    test('a claim with a line break is sent to nobody', async () => {
      gateway.sent()
      for (const sub of ['a\r\nX-Role: admin', 'a\nb', 'a\0b', 'a\rb', '\u007f']) assert.equal(await ask('/RS256', `Authorization: Bearer ${issuer.token('RS256', { sub, exp: EXP })}`), 500)
      assert.deepEqual(gateway.sent(), [])
    })

    test('claims beyond ASCII go out as UTF-8', async () => {
      gateway.sent()
      assert.equal(await ask('/RS256', `Authorization: Bearer ${issuer.token('RS256', { sub: 'José 日本', exp: EXP })}`), 200)
      const { headers } = gateway.sent()[0]!
      assert.equal(Buffer.from(headers.get('x-user')![0]!, 'latin1').toString(), 'José 日本')
    })

    test('a symmetric key of the set is no key for others', async () => {
      const input = `${text({ alg: 'RS256', kid: 'oct' })}.${text({ exp: EXP })}`
      assert.equal(await ask('/RS256', `Authorization: Bearer ${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`), 401)
    })
  })
}
