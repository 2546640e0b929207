import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { toVersion, write } from './convert.ts'
import { parseToml } from './load/toml.ts'
import { parseYaml } from './load/yaml.ts'

const V3 = {
  $schema: 'https://www.krakend.io/schema/v2.7/krakend.json',
  version: 3,
  plugin: { pattern: '.so', folder: './p' },
  extra_config: { 'github_com/devopsfaith/krakend-cors': { allow_origins: ['*'] }, 'plugin/http-server': { name: ['a', 'b'], a: { x: 1 } } },
  Endpoints: [
    { endpoint: '/a', extra_config: { proxy: { sequential: true, static: {} } }, backend: [{ host: ['http://a'], extra_config: { 'github.com/devopsfaith/krakend-martian': {} } }] },
    { endpoint: '/b', extra_config: { proxy: { sequential: false } }, backend: { host: 'http://b' } },
  ],
}
const V4 = {
  $schema: 'https://www.krakend.io/schema/v3.0/krakend.json',
  version: 4,
  extra_config: { 'security/cors': { allow_origins: ['*'] }, 'plugin/http-server': { plugins: [{ name: 'a', config: { x: 1 } }, { name: 'b' }] }, plugin: { pattern: '.so', folder: './p' } },
  Endpoints: [
    { endpoint: '/a', extra_config: { proxy: { strategy: 'sequential', static: {} } }, backend: [{ host: ['http://a'], extra_config: { 'modifier/martian': {} } }] },
    { endpoint: '/b', extra_config: { proxy: {} }, backend: [{ host: 'http://b' }] },
  ],
}

suite('versions', () => {
  test('3 → 4', () => assert.deepEqual(toVersion(V3, 4), { value: V4, notes: [] }))

  test('4 → 3 → 4 is what it was', () => assert.deepEqual(toVersion(toVersion(V4, 3).value, 4).value, V4))

  test('what a version is already stays', () => {
    assert.deepEqual(toVersion(V4, 4), { value: V4, notes: [] })
  })

  test('what the other version lacks is told', () => {
    const { value, notes } = toVersion({ version: 3, extra_config: { 'telemetry/opencensus': {} }, endpoints: [] }, 4)
    assert.deepEqual(value, { version: 4, extra_config: {}, endpoints: [] })
    assert.match(notes.join(), /^telemetry\/opencensus is left out: /)
    const back = toVersion({ version: 4, extra_config: { 'plugin/http-server': { plugins: [{ name: 'a', on_load_error: 'error' }] } }, endpoints: [{ endpoint: '/a', extra_config: { proxy: { strategy: 'fallback' } } }] }, 3)
    assert.deepEqual(back.notes.length, 2)
    assert.match(back.notes[1]!, /^proxy\.strategy "fallback" of \/a stays: /)
  })
})

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.string(), fc.constantFrom('yes', 'no', 'on', '012', '1e3', '~', 'null', '2024-01-02', '<<', 'a: b', "it's", '- x', '0x1f', '1_000'), fc.integer(), fc.boolean(), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.string().filter((key) => key !== '__proto__'), tie('value'), { maxKeys: 4 })),
})).value
const configuration = fc.dictionary(fc.string({ minLength: 1 }).filter((key) => key !== '__proto__' && key !== '<<'), json, { maxKeys: 5 })
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown

suite('notations say the same', () => {
  test('YAML', () => fc.assert(fc.property(configuration, (value) => assert.deepEqual(plain(parseYaml(write(value, 'yaml')).value), plain(value)))))

  test('TOML', () => fc.assert(fc.property(configuration, (value) => assert.deepEqual(plain(parseToml(write(value, 'toml')).value), plain(value)))))

  test('TypeScript', () => {
    fc.assert(fc.property(configuration, (value) => {
      const literal = /defineGateway\(([^]*)\)\n$/.exec(write(value, 'ts'))![1]!
      // oxlint-disable-next-line no-implied-eval -- what the loader does with it
      assert.deepEqual(plain(new Function(`return ${literal}`)()), plain(value))
    }))
  })

  test('TOML leaves nulls out', () => assert.equal(write({ a: null, b: [1, null] }, 'toml'), 'b = [ 1 ]\n'))
})
