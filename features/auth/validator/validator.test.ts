/** Keys over outages, revocation, several issuers: what a case of one gateway and one moment does not show. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { suite, test } from 'node:test'
import { createGateway, type TestGateway } from '../../../test/gateway.ts'
import { createIssuer } from '../../../test/issuer.ts'
import { startAborting } from '../../../worker/aborting.ts'
import { startAbandoning } from '../../../worker/deadline.ts'
import type { Platform } from '../../../worker/types.ts'

const issuer = createIssuer()
const other = createIssuer()
const KEYS = 'https://id.test/keys'
const EXP = 4102444800

interface World {
  gateway: TestGateway
  now: number
  /** What stands at an address; nothing: it can't be reached. */
  at: Map<string, () => Response | Promise<Response>>
  asked: string[]
  status(token: string, path?: string): Promise<number>
}

async function world(validator: object, service: object = {}, platform: Partial<Platform> = {}): Promise<World> {
  const at = new Map<string, () => Response | Promise<Response>>([['http://upstream/', () => Response.json({ ok: true })], [KEYS, () => Response.json({ keys: Object.values(issuer.keys) })]])
  const asked: string[] = []
  const state = { now: Date.now() }
  const fetch: Platform['fetch'] = async (url) => {
    asked.push(url)
    const answer = at.get(url)
    if (!answer) throw new Error('connection refused')
    return answer()
  }
  const endpoint = { endpoint: '/a', cache_ttl: '10s', backend: [{ host: ['http://upstream'], url_pattern: '/' }], extra_config: { 'auth/validator': { alg: 'RS256', jwk_url: KEYS, cache: true, ...validator } } }
  const gateway = await createGateway({ version: 3, extra_config: service, endpoints: [endpoint] }, { fetch, now: () => state.now, ...platform })
  return {
    gateway,
    at,
    asked,
    get now() {
      return state.now
    },
    set now(milliseconds) {
      state.now = milliseconds
    },
    async status(token, path = '/a') {
      const { status } = await gateway.fetch(path, { headers: { authorization: `Bearer ${token}` } })
      await Promise.all(gateway.pending.splice(0))
      return status
    },
  }
}

const good = issuer.token('RS256', { sub: 'ana', exp: EXP })
const downloads = ({ asked }: World): number => asked.filter((url) => url === KEYS).length

suite('keys that are kept', () => {
  test('go on counting while the issuer is down, and no longer than a day', async () => {
    const w = await world({ cache_duration: 60 })
    assert.equal(await w.status(good), 200)
    w.at.delete(KEYS)
    w.now += 61_000
    assert.equal(await w.status(good), 200)
    const asked = downloads(w)
    assert.equal(await w.status(good), 200)
    assert.equal(downloads(w), asked, 'a request within ten seconds asks for nothing')
    w.now += 11_000
    assert.equal(await w.status(good), 200)
    assert.equal(downloads(w), asked + 1)
    w.now += 24 * 60 * 60_000
    assert.equal(await w.status(good), 401)
  })

  test('are gone once their time is up and the set has them no more, for tokens that were verified too', async () => {
    const w = await world({ cache_duration: 60 })
    assert.equal(await w.status(good), 200)
    w.at.set(KEYS, () => Response.json({ keys: Object.values(other.keys) }))
    assert.equal(await w.status(good), 200)
    w.now += 61_000
    assert.equal(await w.status(good), 401)
    assert.equal(await w.status(other.token('RS256', { exp: EXP })), 200)
  })

  test('one download serves requests that come together', async () => {
    const w = await world({})
    const answers = await Promise.all(Array.from({ length: 20 }, () => w.gateway.fetch('/a', { headers: { authorization: `Bearer ${good}` } })))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.equal(downloads(w), 1)
  })

  test('a download whose request was cut off holds up nobody for ever', async () => {
    const w = await world({})
    let hung = 0
    w.at.set(KEYS, () => (hung++ ? Response.json({ keys: Object.values(issuer.keys) }) : new Promise<never>(() => undefined)))
    const first = w.gateway.fetch('/a', { headers: { authorization: `Bearer ${good}` } })
    await new Promise((resolve) => setTimeout(resolve, 20))
    w.now += 5001
    assert.equal((await w.gateway.fetch('/a', { headers: { authorization: `Bearer ${good}` } })).status, 200)
    assert.equal((await first).status, 200)
  })
})

test('a token that was verified ends with its time', async () => {
  const w = await world({})
  const token = issuer.token('RS256', { exp: Math.floor(w.now / 1000) + 10 })
  assert.equal(await w.status(token), 200)
  w.now += 12_000
  assert.equal(await w.status(token), 401)
})

test('answers behind a token are private to caches', async () => {
  const w = await world({})
  const { headers } = await w.gateway.fetch('/a', { headers: { authorization: `Bearer ${good}` } })
  assert.equal(headers.get('cache-control'), 'private, max-age=10')
})

suite('revocation', () => {
  const token = issuer.token('RS256', { jti: 'a1', exp: EXP })
  const block = (more: object = {}): object => ({ 'auth/revoker': { token_keys: ['jti', 'sub'], binding: 'REVOKED', ...more } })
  const LIST = 'https://lists.test/revoked'

  test('by a list in KV: read again after 60 s, and behind the request', async () => {
    let list = ''
    const kv = { get: () => Promise.resolve(list) }
    const w = await world({}, block(), { binding: (name) => (name === 'REVOKED' ? kv : undefined) })
    assert.equal(await w.status(token), 200)
    list = 'jti-a1\njti-b2\n'
    assert.equal(await w.status(token), 200)
    w.now += 61_000
    await w.status(token)
    assert.equal(await w.status(token), 401)
    assert.equal(await w.status(good), 200)
  })

  test('by a list at an address; where it was never read, on_failure decides', async () => {
    const binding = (name: string): unknown => (name === 'REVOKED' ? LIST : undefined)
    const w = await world({}, block(), { binding })
    assert.equal(await w.status(token), 401)
    w.at.set(LIST, () => new Response(null, { status: 404 }))
    assert.equal(await w.status(token), 200)
    assert.equal(await (await world({}, block({ on_failure: 'allow' }), { binding })).status(token), 200)
  })

  test('a service that does not answer is not waited for, with either kind of deadline', async () => {
    const hangs: Platform['fetch'] = (url, { signal }) => {
      if (!url.startsWith('https://lists.test')) return Promise.resolve(url === KEYS ? Response.json({ keys: Object.values(issuer.keys) }) : Response.json({}))
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    }
    for (const start of [startAborting, startAbandoning]) {
      for (const mode of ['60s', 'immediate']) {
        const w = await world({}, block({ mode }), { fetch: hangs, startDeadline: () => start(20), binding: (name) => (name === 'REVOKED' ? LIST : undefined) })
        assert.equal(await w.status(token), 401)
        assert.match(w.gateway.logs.join(), /auth\/revoker: no answer in 5000 ms/)
      }
    }
  })

  test('at once, by a service that is asked each time', async () => {
    const w = await world({}, block({ mode: 'immediate' }), { binding: (name) => (name === 'REVOKED' ? 'https://lists.test' : undefined) })
    w.at.set('https://lists.test/jti-a1', () => new Response(null, { status: 404 }))
    assert.equal(await w.status(token), 200)
    w.at.set('https://lists.test/jti-a1', () => new Response())
    assert.equal(await w.status(token), 401)
    w.at.set('https://lists.test/jti-a1', () => new Response(null, { status: 500 }))
    assert.equal(await w.status(token), 401)
  })

  test('nothing bound: no token is revoked, as in a KrakenD that was told of none', async () => {
    assert.equal(await (await world({}, block())).status(token), 200)
  })
})

suite('several issuers', () => {
  const [one, two] = ['https://one.test', 'https://two.test/realm/']
  const validator = { jwk_url: undefined, issuers: [one, two] }
  async function issuers(): Promise<World> {
    const w = await world(validator)
    w.at.set('https://one.test/.well-known/openid-configuration', () => Response.json({ issuer: one, jwks_uri: 'https://one.test/jwks' }))
    w.at.set('https://one.test/jwks', () => Response.json({ keys: Object.values(issuer.keys) }))
    w.at.set('https://two.test/realm/.well-known/openid-configuration', () => Response.json({ issuer: two, jwks_uri: 'https://keys.test/two' }))
    w.at.set('https://keys.test/two', () => Response.json({ keys: Object.values(other.keys) }))
    return w
  }

  test('each with its own keys, found by its OpenID configuration', async () => {
    const w = await issuers()
    assert.equal(await w.status(issuer.token('RS256', { iss: one, exp: EXP })), 200)
    assert.equal(await w.status(other.token('RS256', { iss: two, exp: EXP })), 200)
  })

  test('no key of one opens for another\'s name', async () => {
    const w = await issuers()
    for (const iss of [two, 'https://evil.test', undefined, ['https://one.test']]) assert.equal(await w.status(issuer.token('RS256', { iss, exp: EXP })), 401)
    assert.equal(w.asked.filter((url) => url.includes('evil')).length, 0)
  })

  test('behind the plugin jwk-aggregator: its origins are asked, and one that is down holds up no other', async () => {
    const service = { 'plugin/http-server': { name: ['jwk-aggregator'], 'jwk-aggregator': { port: 9876, cache: true, origins: ['https://one.test/jwks', 'https://keys.test/two'] } } }
    const w = await world({ jwk_url: 'http://localhost:9876', disable_jwk_security: true, cache_duration: 60 }, service)
    w.at.set('https://one.test/jwks', () => Response.json({ keys: Object.values(issuer.keys) }))
    w.at.set('https://keys.test/two', () => Response.json({ keys: Object.values(other.keys).map((key) => ({ ...key, kid: `${key.kid}-2` })) }))
    const second = other.token('RS256', { exp: EXP }, { kid: 'rsa-2' })
    assert.deepEqual([await w.status(good), await w.status(second)], [200, 200])
    w.at.delete('https://one.test/jwks')
    w.now += 61_000
    assert.deepEqual([await w.status(good), await w.status(second)], [200, 200])
    assert.deepEqual(w.gateway.logs.filter((line) => !line.startsWith('key set')), [])
  })
})

test('a header that no request can have leaves the cookie', async () => {
  const w = await world({ auth_header_name: 'not a name' })
  assert.equal((await w.gateway.fetch('/a', { headers: { cookie: `access_token=${good}` } })).status, 200)
  assert.equal((await w.gateway.fetch('/a')).status, 401)
})

test('a token in a cookie: of two lines that a platform joined, and the first of its name', async () => {
  const w = await world({})
  const statusOf = async (cookie: string): Promise<number> => (await w.gateway.fetch('/a', { headers: { cookie } })).status
  for (const cookie of [`a=1, access_token=${good}`, `a=1; b="x", access_token="${good}"; c=2`, `access_token=${good}, a=1`, `access_token_; access_token=${good}`, `access_token="a\\"; access_token=${good}`]) assert.equal(await statusOf(cookie), 200, cookie)
  for (const cookie of [`access_token; access_token=${good}`, `access_token=x, access_token=${good}`, `a=1,access_token=${good}`, `=${good}`, 'access_token']) assert.equal(await statusOf(cookie), 401, cookie)
})

test('a token in JSON may have null for a header beside', async () => {
  const w = await world({})
  const [head, payload, signature] = good.split('.')
  const statusOf = (more: object): Promise<number> => w.status(JSON.stringify({ protected: head, payload, signature, ...more }))
  for (const header of [null, {}, { x: 1 }]) assert.equal(await statusOf({ header }), 200)
  for (const header of [1, 'x', []]) assert.equal(await statusOf({ header }), 401)
  assert.equal(await w.status(JSON.stringify({ payload, signatures: [{ protected: head, header: null, signature }] })), 200)
})

test('keys are known in any letter case, as Go reads them', async () => {
  const w = await world({ Roles: ['admin'] })
  assert.equal(await w.status(good), 403)
  assert.equal(await w.status(issuer.token('RS256', { roles: ['admin'] })), 200)
})

test('a shared_cache_duration that is no number of seconds shares nothing', async () => {
  const validator = { alg: 'RS256', jwk_url: KEYS, cache: true }
  const downloadsWith = async (block: unknown): Promise<number> => {
    let count = 0
    // What is downloaded beside the first request serves one validator more.
    const fetch: Platform['fetch'] = (url) => Promise.resolve(url === KEYS ? (count++, Response.json({ keys: Object.values(issuer.keys) })) : Response.json({}))
    const endpoints = ['/a', '/b', '/c'].map((endpoint) => ({ endpoint, backend: [{ host: ['http://upstream'], url_pattern: '/' }], extra_config: { 'auth/validator': validator } }))
    const gateway = await createGateway({ version: 3, extra_config: { 'auth/validator': block }, endpoints }, { fetch })
    for (const path of ['/a', '/b', '/c']) assert.equal((await gateway.fetch(path, { headers: { authorization: `Bearer ${good}` } })).status, 200)
    return count
  }
  assert.equal(await downloadsWith({}), 1)
  assert.equal(await downloadsWith({ shared_cache_duration: 5 }), 1)
  assert.equal(await downloadsWith({ shared_cache_duration: '5' }), 2)
  assert.equal(await downloadsWith('x'), 2)
})

test('an id that was not found is refused for its time, whatever other ids have brought', async () => {
  const w = await world({ failed_jwk_key_cooldown: '10m' })
  const late = issuer.token('RS256', {}, { kid: 'late' })
  assert.equal(await w.status(late), 401)
  w.at.set(KEYS, () => Response.json({ keys: [...Object.values(issuer.keys), { ...issuer.keys.rsa, kid: 'late' }, { ...issuer.keys.rsa, kid: 'new' }] }))
  assert.equal(await w.status(issuer.token('RS256', {}, { kid: 'new' })), 200)
  assert.equal(await w.status(late), 401)
  w.now += 10 * 60_000
  assert.equal(await w.status(late), 200)
})

suite('what a header says of the signature', () => {
  const statusOf = async (header: object, alg = 'RS256'): Promise<number> => (await world({ alg })).status(issuer.token(alg, { exp: EXP }, header))

  test('nothing but b64 may be critical', async () => {
    assert.equal(await statusOf({ crit: ['b64'], b64: true }), 200)
    for (const crit of [[], null, ['b64'], ['exp'], ['b64', 'exp'], [null], 'b64', {}, 1]) assert.equal(await statusOf({ crit }), 401, JSON.stringify(crit))
  })

  test('every algorithm, and no other key or signature', async () => {
    for (const alg of ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']) {
      const w = await world({ alg })
      const token = issuer.token(alg, { exp: EXP })
      assert.equal(await w.status(token), 200, alg)
      assert.equal(await w.status(`${token.slice(0, token.lastIndexOf('.') + 1)}${alg.startsWith('HS') ? 'AAAA' : other.token(alg, { exp: EXP }).split('.')[2]}`), 401, alg)
      assert.equal(await w.status(token.slice(0, token.lastIndexOf('.') + 1)), 401, alg)
    }
  })

  test('RSA keys have 2048 bits', async () => {
    for (const [modulusLength, status] of [[2048, 200], [1024, 401]] as const) {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
      const w = await world({})
      w.at.set(KEYS, () => Response.json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'rsa' }] }))
      const input = good.slice(0, good.lastIndexOf('.'))
      assert.equal(await w.status(`${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`), status)
    }
  })
})

test('a key set with a byte order mark is none', async () => {
  const w = await world({})
  w.at.set(KEYS, () => new Response(`\ufeff${JSON.stringify({ keys: Object.values(issuer.keys) })}`, { headers: { 'content-type': 'application/json' } }))
  assert.equal(await w.status(good), 401)
})
