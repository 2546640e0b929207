/** From a file to a source: templates, the environment, modules. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, test } from 'node:test'
import { type Path, UserError } from '../diagnostics.ts'
import type { Environment } from './environment.ts'
import { readConfiguration } from './read.ts'
import { type Position, type Source, UnreadableError } from './source.ts'

const root = mkdtempSync(path.join(tmpdir(), 'cuttle-read-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0

/** Writes files into a folder of their own, and reads the first. */
function read(files: { readonly [name: string]: string }, environment: Environment = {}): { folder: string; source: Promise<Source> } {
  const folder = path.join(root, String(folders++))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return { folder, source: readConfiguration(path.join(folder, Object.keys(files)[0]!), environment) }
}

const placed = ({ file, line, column }: Position): string => `${file === undefined ? '' : `${path.basename(file)}:`}${line}:${column}`

async function refusal(source: Promise<Source>): Promise<{ at: string; code: string; message: string }> {
  const error: unknown = await source.then(() => assert.fail('it was read'), (thrown: unknown) => thrown)
  assert.ok(error instanceof UnreadableError, String(error))
  return { at: placed(error.positions[0]!), code: error.findings[0]!.code, message: error.findings[0]!.message }
}

suite('flexible configuration', () => {
  const MAIN = `{
  "version": 3,
  "name": {{ .service.name | quote }},
  "extra_config": {{ include "router.json" }},
  "endpoints": [{{ range $i, $name := .service.names }}{{ if $i }},{{ end }}
    {{ template "endpoint.tmpl" $name }}{{ end }}
  ]
}`
  const FILES = {
    'gateway.json': MAIN,
    'settings/service.json': '{"name": "shop", "names": ["a", "b"]}',
    'settings/notes.txt': 'no settings',
    'partials/router.json': '{\n  "router": { "return_error_msg": true }\n}',
    'templates/endpoint.tmpl': '{\n  "endpoint": "/{{ . }}"\n}',
  }
  const ON = { FC_ENABLE: '1', FC_SETTINGS: 'settings', FC_PARTIALS: 'partials', FC_TEMPLATES: 'templates' }

  test('fills the file in', async () => {
    const source = await read(FILES, ON).source
    assert.deepEqual(source.value, { version: 3, name: 'shop', extra_config: { router: { return_error_msg: true } }, endpoints: [{ endpoint: '/a' }, { endpoint: '/b' }] })
  })

  test('finds each value in the file that it was written in', async () => {
    const source = await read(FILES, ON).source
    const places: readonly (readonly [path: Path, place: string])[] = [
      [['version'], '2:14'],
      // What an action makes is found at the action.
      [['name'], '3:14'],
      [['extra_config', 'router', 'return_error_msg'], 'router.json:2:35'],
      [['endpoints', 0, 'endpoint'], 'endpoint.tmpl:2:15'],
      [['endpoints', 1], 'endpoint.tmpl:1:1'],
    ]
    for (const [at, place] of places) assert.equal(placed(source.locate(at)), place, at.join('.'))
  })

  test('names what it has read, for those who watch', async () => {
    const { folder, source } = read(FILES, ON)
    const names = [...(await source).files].map((file) => path.relative(folder, file)).toSorted()
    assert.deepEqual(names, ['gateway.json', 'partials/router.json', 'settings', 'templates'])
  })

  test('is off without its switch, and on with any value', async () => {
    const text = '{"version": 3, "name": "{{ upper `x` }}"}'
    assert.deepEqual((await read({ 'a.json': text }, { FC_ENABLE: '' }).source).value, { version: 3, name: '{{ upper `x` }}' })
    assert.deepEqual((await read({ 'a.json': text }, { FC_ENABLE: '0' }).source).value, { version: 3, name: 'X' })
  })

  test('mistakes have their place: in the file, in a template, in settings, in what is made', async () => {
    assert.deepEqual(await refusal(read({ 'a.json': '{\n  "a": {{ nope }} }' }, { FC_ENABLE: '1' }).source), { at: '2:11', code: 'template', message: 'function "nope" not defined' })
    assert.deepEqual(await refusal(read({ ...FILES, 'templates/endpoint.tmpl': 'x\n {{ .a.b }}' }, ON).source), { at: 'endpoint.tmpl:2:5', code: 'template', message: "can't evaluate field a in type string" })
    assert.deepEqual((await refusal(read({ ...FILES, 'settings/service.json': '{"a":' }, ON).source)).at, '1:6')
    assert.deepEqual((await refusal(read({ ...FILES, 'settings/service.json': '[1]' }, ON).source)).message, 'expected an object of settings')
    assert.deepEqual((await refusal(read({ 'a.json': '{"version": 3,\n {{ "endpoints" }} }' }, { FC_ENABLE: '1' }).source)).at, '2:5')
    assert.deepEqual((await refusal(read({ ...FILES, 'partials/router.json': '{\n  "router" {}\n}' }, ON).source)).at, 'router.json:2:12')
  })

  test('a folder that is missing is a mistake, one of partials is none', async () => {
    for (const name of ['FC_SETTINGS', 'FC_TEMPLATES']) await assert.rejects(read(FILES, { ...ON, [name]: 'nowhere' }).source, new UserError(`${name}: expected a folder, found nothing at nowhere`))
    const { value, warnings } = await read({ 'a.json': '{"name": {{ include "none" | quote }}}' }, { FC_ENABLE: '1', FC_PARTIALS: 'nowhere' }).source
    assert.deepEqual(value, { name: '' })
    assert.deepEqual(warnings.map(({ code, message }) => [code, /"none".* nowhere/.test(message)]), [['no-file', true]])
    await assert.rejects(read({ 'a.json': '{"name": {{ include "none" }}}' }, { FC_ENABLE: '1' }).source, ({ findings }: UnreadableError) => findings.map(({ severity, code }) => `${severity} ${code}`).join() === 'warning no-file,error not-json')
  })

  test('FC_OUT keeps the result, and its ending says what it is', async () => {
    const out = path.join(root, 'made.yaml')
    const { value } = await read({ 'a.json': 'version: {{ 3 }}' }, { FC_ENABLE: '1', FC_OUT: out }).source
    assert.deepEqual(value, { version: 3 })
    assert.equal(readFileSync(out, 'utf8'), 'version: 3')
    assert.equal((await refusal(read({ 'a.yaml': 'version: {{ 3 }}' }, { FC_ENABLE: '1' }).source)).code, 'not-json')
  })
})

suite('the environment', () => {
  test('goes before the file, in any letter case of its keys', async () => {
    const environment = { KRAKEND_TIMEOUT: '3s', KRAKEND_PORT: '9000', krakend_name: 'no', KRAKEND_NO_SUCH_KEY: 'x', 'KRAKEND_TLS.DISABLED': 'true', OTHER: 'y' }
    const source = await read({ 'a.json': '{"version": 3, "Timeout": "1s", "name": "file", "tls": {"min_version": "TLS13"}}' }, environment).source
    assert.deepEqual(source.value, { version: 3, timeout: '3s', name: 'file', port: '9000', tls: { min_version: 'TLS13', disabled: 'true' } })
    assert.deepEqual(source.locate(['timeout']), { file: 'KRAKEND_TIMEOUT', line: 1, column: 1 })
    assert.deepEqual(source.locate(['version']), { line: 1, column: 13 })
  })
})

suite('modules', () => {
  test('are bundled with what they import, and run', async () => {
    const { folder, source } = read({
      'gateway.config.ts': "import { defineGateway } from 'cuttle/config'\nimport { host } from './hosts.ts'\nimport path from 'node:path'\nexport default defineGateway({ version: 3, name: path.basename(import.meta.filename), host: [host] })\n",
      'hosts.ts': "export const host: string = 'http://a'\n",
    })
    const { value, files } = await source
    assert.deepEqual(value, { version: 3, name: 'gateway.config.ts', host: ['http://a'] })
    assert.deepEqual([...files].map((file) => path.relative(folder, path.resolve(file))).toSorted(), ['gateway.config.ts', 'hosts.ts'])
  })

  test('may be JavaScript, and take their time', async () => {
    assert.deepEqual((await read({ 'a.mjs': 'export default Promise.resolve({ version: 3 })' }).source).value, { version: 3 })
  })

  test('mistakes have their place', async () => {
    assert.deepEqual((await refusal(read({ 'a.ts': 'export default {\n  version: 3,,\n}' }).source)).at, '2:14')
    assert.deepEqual(await refusal(read({ 'a.ts': 'throw new Error("no secret")' }).source), { at: '1:1', code: 'not-a-module', message: 'the module failed: no secret' })
    assert.match((await refusal(read({ 'a.ts': 'export const a = 1' }).source)).message, /^expected the configuration as the default export, found none$/)
    assert.match((await refusal(read({ 'a.ts': "import { b } from './none.ts'\nexport default b" }).source)).message, /Could not resolve "\.\/none\.ts"/)
  })

  test('values are found where they are written', async () => {
    const { source } = read({
      'gateway.config.ts': `import { defineGateway, type Endpoint } from 'cuttle/config'
import { host, shared } from './shared.ts'
const more: Endpoint[] = [{ endpoint: '/b', backend: [{ host, url_pattern: '/b' }] }]
const made = ['c', 'd'].map((name): Endpoint => ({ endpoint: '/' + name, backend: [] }))
export default defineGateway({
  version: 3,
  extra_config: { 'security/cors': { max_age: '1h' } },
  endpoints: [
    { endpoint: '/a', backend: [{ ...shared, url_pattern: '/a' }] },
    ...more,
    ...made,
  ],
})
`,
      'shared.ts': "export const host: string[] = ['http://a']\nexport const shared = { host, method: 'GET' }\n",
    })
    const { locate } = await source
    const places: readonly (readonly [path: Path, place: string])[] = [
      [[], '5:30'],
      [['version'], '6:12'],
      [['extra_config', 'security/cors', 'max_age'], '7:47'],
      [['endpoints', 0, 'backend', 0, 'url_pattern'], '9:59'],
      [['endpoints', 0, 'backend', 0, 'method'], 'shared.ts:2:39'],
      [['endpoints', 0, 'backend', 0, 'host', 0], 'shared.ts:1:32'],
      [['endpoints', 1, 'endpoint'], '3:39'],
      // What is computed is found where that begins.
      [['endpoints', 3, 'backend'], '11:5'],
      [['nothing'], '5:30'],
    ]
    for (const [at, place] of places) assert.equal(placed(locate(at)), place, at.join('.'))
  })

  test('know the environment too, and no templates', async () => {
    const { value } = await read({ 'a.ts': "export default { version: 3, name: '{{ x }}' }" }, { FC_ENABLE: '1', KRAKEND_PORT: '81' }).source
    assert.deepEqual(value, { version: 3, name: '{{ x }}', port: '81' })
  })
})

test('what features ask for is watched too, also where it is not there', async () => {
  const { folder, source } = read({ 'a.json': '{}', 'keys/a.jwk': '{}' })
  const { resolve, files } = await source
  assert.equal(resolve('keys/a.jwk'), path.join(folder, 'keys/a.jwk'))
  assert.equal(resolve('keys/b.jwk'), null)
  assert.deepEqual([...files].map((file) => path.relative(folder, file)), ['a.json', 'keys/a.jwk', 'keys/b.jwk'])
})

test('a file that is not there', async () => {
  await assert.rejects(readConfiguration(path.join(root, 'none.json')), /^UserError: cannot read .*none\.json: there is no such file$/)
})
