import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { features } from '../features/index.ts'
import { compile } from './compile.ts'
import { formatPath, RefusedError } from './diagnostics.ts'
import { readJson } from './load/source.ts'
import type { Plan } from './plan.ts'

const read = (config: object) => readJson('gateway.json', JSON.stringify(config))
const planOf = (config: object): Plan => compile(read({ version: 3, ...config }), features).plan

/** All findings, as `severity code path suggestion`; `!` where a door is open. */
function found(config: object): string[] {
  const inWords = (findings: RefusedError['findings']): string[] =>
    findings.map(({ severity, code, path, suggestion, opensDoor }) => [severity + (opensDoor ? '!' : ''), code, formatPath(path), ...(suggestion ? [suggestion] : [])].join(' '))
  try {
    return inWords(compile(read(config), features).findings)
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    return inWords(error.findings)
  }
}

const backend = (more: object = {}): object => ({ host: ['http://a'], url_pattern: '/', ...more })
const endpoint = (more: object = {}): object => ({ endpoint: '/a', backend: [backend()], ...more })
const one = (more: object = {}): object => ({ version: 3, endpoints: [endpoint(more)] })
const service = (more: object = {}): object => ({ version: 3, endpoints: [endpoint()], ...more })

/** A check that is not made, and what its key was meant to be. */
function misspelled(place: 'service' | 'endpoint' | 'backend', namespace: string, key: string, meant: string): typeof CASES {
  const extra = { extra_config: { [namespace]: { [key]: 1 } } }
  const [config, at] = { service: [service(extra), ''], endpoint: [one(extra), 'endpoints[0].'], backend: [one({ backend: [backend(extra)] }), 'endpoints[0].backend[0].'] }[place] as [object, string]
  return { [`${key} of ${namespace}`]: [config, [`warning! unknown-key ${at}extra_config["${namespace}"].${key} ${meant}`]] }
}

const CASES: { readonly [about: string]: readonly [config: object, findings: readonly string[]] } = {
  'nothing wrong': [service({ $schema: 'x', '@comment': 'x', _a: 1, '#b': 1 }), []],
  'keys in another letter case': [{ Version: 3, Endpoints: [{ Endpoint: '/a', Backend: [{ Host: ['http://a'], URL_Pattern: '/' }] }] }, []],
  'version 4 is KrakenD 3\'s': [service({ version: 4 }), []],
  'another version': [service({ version: 2 }), ['error version version']],
  'no version': [{ endpoints: [] }, ['error version version']],
  'an address that is none': [service({ listen_ip: 'localhost' }), ['error bad-address listen_ip']],
  'what belongs to the platform': [service({ idle_timeout: '1s', tls: {} }), ['warning no-effect idle_timeout', 'warning not-supported tls']],
  'what belongs to the platform and does something here': [service({ read_timeout: '1s', dns_cache_ttl: '5s', disable_compression: true }), []],
  'a key of KrakenD 1': [one({ headers_to_pass: [] }), ['warning unknown-key endpoints[0].headers_to_pass input_headers']],
  'a key of KrakenD 1 that guards': [one({ backend: [backend({ blacklist: ['a'] })] }), ['warning! unknown-key endpoints[0].backend[0].blacklist deny']],
  'a method that nobody serves': [one({ method: 'GTE' }), ['warning unserved-method endpoints[0].method GET']],
  'what is wrong with an endpoint whose method nobody serves': [
    { version: 3, endpoints: [endpoint({ extra_config: { proxy: { sequental: true } } }), endpoint({ method: 'HEAD', backend: [backend({ extra_config: { 'qos/ratelimit/proxy': { max_rat: 1 } } })], extra_config: { 'auth/validator': { alg: 'x', jwk_url: 'https://a', cache: true } } })] },
    ['warning unserved-method endpoints[1].method', 'error unknown-algorithm endpoints[1].extra_config["auth/validator"].alg', 'warning! unknown-key endpoints[1].backend[0].extra_config["qos/ratelimit/proxy"].max_rat max_rate', 'warning unknown-key endpoints[0].extra_config.proxy.sequental sequential'],
  ],
  'a key that belongs elsewhere': [
    { version: 3, allow: [], endpoints: [endpoint({ is_collection: true, 'auth/validator': {}, extra_config: { timeout: '3s', proxy: { return_error_code: true } } })], extra_config: { router: { disable_rest: true } } },
    ['warning! misplaced allow', 'warning misplaced endpoints[0].is_collection', 'warning! misplaced endpoints[0]["auth/validator"]', 'warning misplaced endpoints[0].extra_config.timeout', 'warning misplaced endpoints[0].extra_config.proxy.return_error_code', 'warning misplaced extra_config.router.disable_rest'],
  ],
  'durations that are numbers': [{ ...one({ timeout: 5, cache_ttl: '300ms' }), timeout: 3_000_000_000, cache_ttl: 300 }, ['warning nanoseconds cache_ttl', 'warning nanoseconds endpoints[0].timeout']],
  'no backends': [one({ backend: [] }), ['error no-backends endpoints[0].backend']],
  'no list of backends': [{ version: 3, endpoints: [{ endpoint: '/a' }] }, ['error no-backends endpoints[0]']],
  'no-op with two backends': [one({ output_encoding: 'no-op', backend: [backend(), backend()] }), ['error no-op-with-many endpoints[0].backend[1]']],
  'no host': [one({ backend: [{ url_pattern: '/' }] }), ['warning no-host endpoints[0].backend[0]']],
  'a host of the service': [{ ...one({ backend: [{ url_pattern: '/' }] }), host: ['http://a'] }, []],
  'a bad host of the service': [service({ host: ['http://a', 'http://a/b'] }), ['error bad-host host[1]']],
  'a host taken as it is': [one({ backend: [backend({ host: ['http://a/b'], disable_host_sanitize: true })] }), []],
  'a star inside': [one({ endpoint: '/a/*/b' }), ['error bad-path endpoints[0].endpoint']],
  'the health endpoint\'s path': [one({ endpoint: '/__health' }), ['error bad-path endpoints[0].endpoint', 'error endpoint-twice endpoints[0].endpoint']],
  'the health endpoint\'s other path': [service({ extra_config: { router: { health_path: '/a' } } }), ['error endpoint-twice endpoints[0].endpoint']],
  'no health endpoint': [service({ extra_config: { router: { health_path: '/a', disable_health: true } } }), []],
  'one path, two methods': [{ version: 3, endpoints: [endpoint(), endpoint({ method: 'POST' })] }, []],
  'one path, one method in two letter cases': [{ version: 3, endpoints: [endpoint({ method: 'POST' }), endpoint({ method: 'post' })] }, ['error endpoint-twice endpoints[1].endpoint']],
  'two names of one parameter': [{ version: 3, endpoints: [endpoint({ endpoint: '/{a}' }), endpoint({ endpoint: '/{b}/c' })] }, ['error parameter-names endpoints[1].endpoint']],
  'an unknown parameter': [one({ endpoint: '/{user}', backend: [backend({ url_pattern: '/{usr}' })] }), ['error unknown-parameter endpoints[0].backend[0].url_pattern {user}']],
  'a parameter that comes later': [one({ backend: [backend({ url_pattern: '/{JWT.sub}' })], extra_config: { 'auth/validator': { alg: 'RS256', jwk_url: 'https://id.example', cache: true } } }), []],
  'a claim where no token is asked for': [one({ backend: [backend({ url_pattern: '/{JWT.sub}' })] }), ['warning never-filled endpoints[0].backend[0].url_pattern']],
  'answers of steps before': [
    one({ extra_config: { proxy: { sequential: true } }, backend: [backend({ extra_config: { proxy: { shadow: true } } }), backend(), backend({ url_pattern: '/{resp0_id}' }), backend({ url_pattern: '/{resp1_id}/{resp2_id}' })] }),
    ['warning never-filled endpoints[0].backend[3].url_pattern'],
  ],
  'answers of backends that are asked at once': [one({ backend: [backend(), backend({ url_pattern: '/{resp0_id}' })] }), ['warning never-filled endpoints[0].backend[1].url_pattern']],
  'a parameter of the endpoint with such a name': [one({ endpoint: '/{resp0_id}', backend: [backend({ url_pattern: '/{resp0_id}' })] }), []],
  'keys of a file without the key that opens it': [one({ extra_config: { 'auth/validator': { alg: 'RS256', jwk_local_path: 'a.json' } } }), ['warning closed endpoints[0].extra_config["auth/validator"]']],
  'an unknown namespace': [one({ extra_config: { 'x/y/z/w': {} } }), ['warning unknown-namespace endpoints[0].extra_config["x/y/z/w"]']],
  'a namespace called as what every object has': [one({ extra_config: { constructor: {} } }), ['warning unknown-namespace endpoints[0].extra_config.constructor']],
  'a namespace of an older name': [one({ backend: [backend({ extra_config: { 'github.com/devopsfaith/krakend/proxy': { shadow: false } } })] }), []],
  'a key of a block': [one({ extra_config: { proxy: { sequental: true } } }), ['warning unknown-key endpoints[0].extra_config.proxy.sequental sequential']],
  ...misspelled('endpoint', 'qos/ratelimit/router', 'max_rat', 'max_rate'),
  ...misspelled('endpoint', 'qos/ratelimit/router', 'client_max_rat', 'client_max_rate'),
  ...misspelled('endpoint', 'security/policies', 'rq', 'req'),
  ...misspelled('service', 'qos/ratelimit/service', 'max_rat', 'max_rate'),
  ...misspelled('service', 'security/bot-detector', 'denny', 'deny'),
  ...misspelled('service', 'github_com/devopsfaith/krakend-botdetector', 'denny', 'deny'),
  ...misspelled('service', 'security/http', 'allowed_host', 'allowed_hosts'),
  ...misspelled('backend', 'qos/ratelimit/proxy', 'max_rat', 'max_rate'),
  ...misspelled('backend', 'qos/circuit-breaker', 'max_erors', 'max_errors'),
  'namespaces of KrakenD 1, misspelled or gone': [
    one({ extra_config: { 'github.com/devopsfaith/krakend-ratelimit/juju/router': {}, 'github_com/devopsfaith/krakend-jose/validator': {}, 'github.com/devopsfaith/krakend-http/timeout': {} } }),
    ['warning! unknown-namespace endpoints[0].extra_config["github.com/devopsfaith/krakend-ratelimit/juju/router"] qos/ratelimit/router', 'warning! unknown-namespace endpoints[0].extra_config["github_com/devopsfaith/krakend-jose/validator"] auth/validator', 'warning unknown-namespace endpoints[0].extra_config["github.com/devopsfaith/krakend-http/timeout"]'],
  ],
  'a key of KrakenD 1 in a block': [one({ extra_config: { proxy: { whitelist: [] } } }), ['warning! misplaced endpoints[0].extra_config.proxy.whitelist']],
  'a misspelled auth namespace': [one({ extra_config: { 'auth/validater': {} } }), ['warning! unknown-namespace endpoints[0].extra_config["auth/validater"] auth/validator']],
  'a misspelled key of an object of a block': [one({ backend: [backend({ extra_config: { 'backend/http/client': { retry: { tims: 2 } } } })] }), ['warning unknown-key endpoints[0].backend[0].extra_config["backend/http/client"].retry.tims times']],
  'the same where there may be false instead': [one({ backend: [backend({ extra_config: { 'backend/http/client': { eject: { aftr: 2 } } } })] }), ['warning unknown-key endpoints[0].backend[0].extra_config["backend/http/client"].eject.aftr after']],
  'neither false nor an object': [one({ backend: [backend({ extra_config: { 'backend/http/client': { eject: 'no' } } })] }), ['warning wrong-type endpoints[0].backend[0].extra_config["backend/http/client"].eject']],
  'comments in a block that guards': [one({ extra_config: { 'qos/ratelimit/router': { max_rate: 1, '@comment': 1, _comment: 1, $comment: 1, '#': 1 } } }), []],
  'a misspelled key within a guard': [one({ extra_config: { 'security/policies': { req: { polices: ['true'] } } } }), ['warning! unknown-key endpoints[0].extra_config["security/policies"].req.polices policies']],
  'wrong types, and what is wrong beside them': [
    { version: 3, port: 'eight', endpoints: [endpoint({ timeout: [] }), endpoint({ backend: [backend({ host: [5.5], url_pattern: '/{id}', alow: ['a'] })] })] },
    ['error wrong-type port', 'error wrong-type endpoints[0].timeout', 'error endpoint-twice endpoints[1].endpoint', 'error unknown-parameter endpoints[1].backend[0].url_pattern', 'warning! unknown-key endpoints[1].backend[0].alow allow'],
  ],
  'a wrong type in a block': [one({ extra_config: { proxy: { sequential: 'yes' } } }), ['warning wrong-type endpoints[0].extra_config.proxy.sequential']],
  'a word that a block does not have': [one({ extra_config: { 'auth/api-keys': { strategy: 'headr' } } }), ['warning wrong-type endpoints[0].extra_config["auth/api-keys"].strategy header']],
  'a block that is no object': [one({ extra_config: { proxy: true } }), ['warning! wrong-type endpoints[0].extra_config.proxy']],
  'a flatmap that does not run': [one({ extra_config: { proxy: { flatmap_filter: [{ type: 'del', args: ['a'] }] } } }), ['warning! no-effect endpoints[0].extra_config.proxy.flatmap_filter']],
  'a strategy that nobody has': [one({ extra_config: { proxy: { strategy: 'fallbak' } } }), ['warning unknown-word endpoints[0].extra_config.proxy.strategy fallback']],
  'words that nobody knows': [
    { ...one({ output_encoding: 'josn', backend: [backend({ encoding: 'jsno', sd: 'dsn' })] }), output_encoding: 'yam' },
    ['warning unknown-word endpoints[0].output_encoding json', 'warning unknown-word endpoints[0].backend[0].encoding json', 'warning unknown-word endpoints[0].backend[0].sd dns', 'warning unknown-word output_encoding yaml'],
  ],
  'words that somebody knows': [one({ output_encoding: 'fast-json', backend: [backend({ encoding: 'SafeJSON', sd: 'static' })] }), []],
  'strategies': [one({ extra_config: { proxy: { strategy: 'sequential', static: { data: {}, strategy: 'errored' } } } }), []],
  'a strategy of static data that nobody has': [one({ extra_config: { proxy: { static: { data: {}, strategy: 'erored' } } } }), ['warning unknown-word endpoints[0].extra_config.proxy.static.strategy errored']],
  'a wrong type that switches off what stands beside it': [service({ extra_config: { router: { auto_options: true, return_error_msg: 'yes', trusted_proxies: ['10.0.0.0/8'] } } }), ['warning wrong-type extra_config.router.return_error_msg', 'warning! router-off extra_config.router']],
  'a limit for a time that is none': [
    one({ extra_config: { 'qos/ratelimit/router': { max_rate: 5, every: '1 minute' } }, backend: [backend({ extra_config: { 'qos/ratelimit/proxy': { max_rate: 5, every: '60' } } })] }),
    ['warning! wrong-type endpoints[0].extra_config["qos/ratelimit/router"].every', 'warning! wrong-type endpoints[0].backend[0].extra_config["qos/ratelimit/proxy"].every'],
  ],
  'a limit by a parameter that is none': [one({ endpoint: '/{user}', extra_config: { 'qos/ratelimit/router': { client_max_rate: 5, strategy: 'param', key: 'usr' } } }), ['warning unknown-parameter endpoints[0].extra_config["qos/ratelimit/router"].key user']],
  'a trusted proxy that is none': [service({ extra_config: { router: { trusted_proxies: ['10.0.0.0/8', 'proxy'] } } }), ['warning! bad-address extra_config.router.trusted_proxies[1]']],
  'documentation': [service({ extra_config: { 'documentation/openapi': {} } }), []],
}

suite('findings', () => {
  for (const [about, [config, findings]] of Object.entries(CASES)) {
    test(about, () => assert.deepEqual(found(config).toSorted(), findings.toSorted()))
  }
})

suite('the plan', () => {
  const config = { name: 'x', endpoints: [endpoint({ endpoint: '/{id}', backend: [backend(), backend({ group: 'g', extra_config: { proxy: { shadow: true } } })], extra_config: { proxy: { static: { data: { a: null }, strategy: 'errored' } } } })] }

  test('is total and plain JSON', () => {
    const plan = planOf(config)
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan)
  })

  test('is the same each time, and leaves the configuration alone', () => {
    const source = read({ version: 3, ...config })
    const before = structuredClone(source.value)
    assert.deepEqual(compile(source, features), compile(source, features))
    assert.deepEqual(source.value, before)
  })

  test('has KrakenD\'s defaults', () => {
    const { listen, endpoints } = planOf({ endpoints: [endpoint()] })
    assert.deepEqual(listen, { port: 8080, address: '0.0.0.0' })
    assert.deepEqual(endpoints.map(({ method, path, written }) => [method, path, written]), [['GET', '/__health', null], ['GET', '/a', '/a']])
    assert.equal((endpoints[1]!.handler.respond[1] as { timeoutMs: number }).timeoutMs, 2000)
  })

  test('leaves out endpoints of methods that nobody serves', () => {
    assert.deepEqual(planOf({ endpoints: [endpoint({ method: 'HEAD' }), endpoint({ method: 'patch' })] }).endpoints.map(({ method }) => method), ['GET', 'PATCH'])
  })

  test('names the services that the platform binds, each once, sorted', () => {
    const host = (...names: string[]): object => backend({ host: names.map((name) => `service://${name}`) })
    assert.deepEqual(planOf({ host: ['service://Z'], endpoints: [endpoint({ backend: [host('B', 'A')] }), endpoint({ endpoint: '/b', backend: [host('A')] })] }).bindings.services, ['A', 'B', 'Z'])
  })
})
