/** Bodies of requests and answers that templates make. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compile } from '../../compiler/compile.ts'
import { bundle } from '../../compiler/emit/bundle.ts'
import { emitModule } from '../../compiler/emit/module.ts'
import { readJson } from '../../compiler/load/source.ts'
import { createGateway, type TestGateway } from '../../test/gateway.ts'
import { features } from '../index.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const generator = (text: string, more: object = {}): object => ({ template: base64(text), ...more })

interface Where {
  endpoint?: object
  backend?: object
  encoding?: string
}
const configOf = ({ endpoint = {}, backend = {}, encoding }: Where): object => ({
  version: 3,
  endpoints: [
    {
      endpoint: '/e/{id}', method: 'POST', input_headers: ['Content-Type', 'X-A'], input_query_strings: ['q'], extra_config: endpoint, ...(encoding && { output_encoding: encoding }),
      backend: [{ host: ['http://u.test'], url_pattern: '/b/{id}', extra_config: backend, ...(encoding && { encoding }) }],
    },
  ],
})

interface Sent {
  body: string
  type: string | undefined
}
function gatewayOf(where: Where, answer: () => Response = () => Response.json({ ok: true })): Promise<TestGateway & { sent: Sent[] }> {
  const sent: Sent[] = []
  const fetch = async (_url: string, { body, headers }: { body: BodyInit | null; headers: { readonly [name: string]: string } }): Promise<Response> => {
    sent.push({ body: await new Response(body).text(), type: headers['content-type'] })
    return answer()
  }
  return createGateway(configOf(where), { fetch: fetch as never }).then((gateway) => ({ ...gateway, sent }))
}
const post = (gateway: TestGateway, body: string, headers: Record<string, string> = {}): Promise<Response> => gateway.fetch('/e/7?q=1', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

suite('request bodies', () => {
  const text = '{"who": {{ toJson .req_body.user.name }}, "big": {{ .req_body.big }}, "id": {{ .req_params.Id }}, "q": {{ toJson .req_querystring.q }}, "a": {{ index .req_headers "X-A" 0 | upper | quote }}, "path": "{{ .req_path }}", "v": {{ add .variables.n 1 }}}'

  test('are made of the request, at a backend and at an endpoint', async () => {
    for (const [place, name, path] of [['backend', 'request-body-generator', '/b/7'], ['backend', 'body-generator', '/b/7'], ['endpoint', 'request-body-generator', '/e/7']] as const) {
      const gateway = await gatewayOf({ [place]: { [`modifier/${name}`]: generator(text, { variables: { n: 2 }, content_type: 'application/vnd.test+json' }) } })
      assert.equal((await post(gateway, '{"user": {"name": "Ann"}, "big": 12345678901234567890}', { 'x-a': 'yes' })).status, 200)
      assert.deepEqual(gateway.sent, [{ body: `{"who": "Ann", "big": 12345678901234567890, "id": 7, "q": ["1"], "a": "YES", "path": "${path}", "v": 3}`, type: 'application/vnd.test+json' }])
    }
  })

  test('what is no JSON is a text; templates have all of their language', async () => {
    const gateway = await gatewayOf({ backend: { 'modifier/request-body-generator': generator('{{ define "item" }}<{{ . }}>{{ end }}{{ range $i, $x := splitList "," .req_body }}{{ if gt $i 0 }} {{ end }}{{ template "item" $x }}{{ else }}none{{ end }}', { content_type: 'text/plain' }) } })
    await post(gateway, 'a,b', { 'content-type': 'text/csv' })
    assert.deepEqual(gateway.sent, [{ body: '<a> <b>', type: 'text/plain' }])
  })

  test('a template that fails fails the request', async () => {
    const gateway = await gatewayOf({ backend: { 'modifier/request-body-generator': generator('{{ index .req_body 5 }}') } })
    assert.equal((await post(gateway, '[1]')).status, 500)
    assert.match(gateway.logs.join(), /out of range/)
    assert.deepEqual(gateway.sent, [])
  })
})

suite('answers', () => {
  const upstream = (): Response => Response.json({ people: [{ name: 'Ann' }, { name: 'Bob' }] }, { headers: { 'x-count': '2', etag: '"1"' } })

  test('of a backend and of an endpoint, as data', async () => {
    const text = '{"names": [{{ range $i, $p := .resp_body.people }}{{ if $i }},{{ end }}{{ toJson $p.name }}{{ end }}], "for": {{ .req_params.Id }}}'
    for (const place of ['backend', 'endpoint']) {
      const gateway = await gatewayOf({ [place]: { 'modifier/response-body-generator': generator(text) } }, upstream)
      assert.deepEqual(await (await post(gateway, '{}')).json(), { names: ['Ann', 'Bob'], for: 7 })
    }
    const list = await gatewayOf({ backend: { 'modifier/response-body-generator': generator('[1,2]') } }, upstream)
    assert.deepEqual(await (await post(list, '{}')).json(), { collection: [1, 2] })
  })

  test('of no-op, with status and headers', async () => {
    const text = '{{ .resp_status }} {{ index .resp_headers "X-Count" 0 }} {{ len .resp_body.people }}'
    const gateway = await gatewayOf({ encoding: 'no-op', endpoint: { 'modifier/response-body-generator': generator(text, { content_type: 'text/plain' }) } }, upstream)
    const answer = await post(gateway, '{}')
    assert.deepEqual([answer.status, answer.headers.get('content-type'), answer.headers.get('x-count'), answer.headers.get('etag'), await answer.text()], [200, 'text/plain', '2', null, '200 2 2'])
  })

  test('errors go past it', async () => {
    const gateway = await gatewayOf({ backend: { 'modifier/response-body-generator': generator('{}') } }, () => new Response(null, { status: 503 }))
    assert.equal((await post(gateway, '{}')).status, 500)
  })
})

test('findings have the place in the template, and leave a door open', () => {
  const findings = (block: object): string[] => compile(readJson('gateway.json', JSON.stringify(configOf({ backend: { 'modifier/response-body-generator': block } }))), features).findings.map(({ message, opensDoor }) => `${opensDoor} ${message}`)
  assert.deepEqual(findings(generator('{{ .a }}')), [])
  assert.deepEqual(findings(generator('a\n{{ if }}')), ['true template:2:7: missing value for if: bodies stay as they are'])
  assert.deepEqual(findings(generator('{{ nothing . }}')), ['true template:1:4: function "nothing" not defined: bodies stay as they are'])
  assert.deepEqual(findings(generator('{{ env "SECRET" }}')), ['true template:1:4: env is not there for bodies: they stay as they are'])
  assert.deepEqual(findings({ path: './none.tmpl' }), ['true there is no file ./none.tmpl: bodies stay as they are'])
  assert.deepEqual(findings({}), ['true expected a template, in base64, or the path of one: bodies stay as they are'])
  assert.deepEqual(findings({ template: '{{ .a }}' }), ['true expected a template in base64: bodies stay as they are'])
})

test('the bundle has the functions that are called', async () => {
  const inputsOf = async (text: string): Promise<string[]> => {
    const { plan } = compile(readJson('gateway.json', JSON.stringify(configOf({ backend: { 'modifier/request-body-generator': generator(text) } }))), features)
    return Object.keys((await bundle(emitModule(plan, 'cloudflare'))).metafile.inputs).filter((input) => input.includes('template/sprig'))
  }
  assert.deepEqual(await inputsOf('{{ .req_body }}'), [])
  assert.deepEqual(await inputsOf('{{ .req_body | toJson }}'), ['worker/template/sprig/json.ts'])
})
