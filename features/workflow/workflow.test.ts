import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { compile } from '../../compiler/compile.ts'
import type { RefusedError } from '../../compiler/diagnostics.ts'
import { readJson } from '../../compiler/load/source.ts'
import { createGateway, type TestGateway } from '../../test/gateway.ts'
import { features } from '../index.ts'

const call = (path: string, more: object = {}): object => ({ host: ['http://u.test'], url_pattern: path, ...more })
const flow = (workflow: object, more: object = {}): object => ({ url_pattern: '/__workflow', ...more, extra_config: { workflow } })

/** Upstreams: what path, query, header and body they saw; `/slow` takes its time, `/broken` fails. */
function gatewayOf(endpoint: object): Promise<TestGateway> {
  const fetch = async (url: string, { method, headers, body }: { method: string; headers: { readonly [name: string]: string }; body: BodyInit | null }): Promise<Response> => {
    const { pathname, search } = new URL(url)
    if (pathname.startsWith('/slow')) await sleep(300)
    if (pathname.startsWith('/broken')) return new Response(null, { status: 500 })
    return Response.json({ [pathname.slice(1)]: [method, search, headers['x-a'] ?? null, await new Response(body).text()].filter(Boolean).join(' ') || true })
  }
  return createGateway({ version: 3, endpoints: [{ endpoint: '/e/{id}', input_headers: ['X-A'], input_query_strings: ['q'], ...endpoint }] }, { fetch: fetch as never })
}
const read = async (answer: Response): Promise<unknown[]> => [answer.status, answer.headers.get('x-krakend-completed'), answer.headers.get('content-length') === '0' ? null : JSON.parse((await answer.text()) || 'null')]

suite('workflow', () => {
  test('backends within a backend have its parameters, headers and query; its filters see what they give', async () => {
    const inner = flow({ endpoint: '/in/{id}', backend: [call('/one-{id}'), call('/two', { group: 'second' })] }, { group: 'all', deny: ['second.two'] })
    const gateway = await gatewayOf({ backend: [call('/outer'), inner] })
    const [status, completed, body] = await read(await gateway.fetch('/e/7?q=1', { headers: { 'x-a': 'yes' } }))
    assert.deepEqual([status, completed, body], [200, 'true', { outer: 'GET ?q=1 yes', all: { 'one-7': 'GET ?q=1 yes', second: {} } }])
  })

  test('flows nest: a sequence of parallel calls, with what was answered before', async () => {
    const parallel = flow({ endpoint: '/p', backend: [call('/a'), call('/b')] })
    const gateway = await gatewayOf({ backend: [parallel, call('/c-{resp0_a}')], extra_config: { proxy: { sequential: true } } })
    assert.deepEqual((await read(await gateway.fetch('/e/7')))[2], { a: 'GET', b: 'GET', 'c-GET': 'GET' })
    const deep = flow({ endpoint: '/1', backend: [flow({ endpoint: '/2', backend: [flow({ endpoint: '/3', backend: [call('/deep')] })] })] })
    assert.deepEqual((await read(await (await gatewayOf({ backend: [deep] })).fetch('/e/7')))[2], { deep: 'GET' })
  })

  test('the body goes to all of them', async () => {
    const gateway = await gatewayOf({ method: 'POST', backend: [flow({ endpoint: '/p', backend: [call('/a'), call('/b')] })] })
    const answer = await gateway.fetch('/e/7', { method: 'POST', body: 'text' })
    assert.deepEqual((await read(answer))[2], { a: 'POST text', b: 'POST text' })
  })

  test('an error within is one of the backend; with ignore_errors what there is goes on', async () => {
    const sequence = { proxy: { sequential: true } }
    const steps = [call('/broken'), call('/a')]
    const strict = await gatewayOf({ backend: [call('/outer'), flow({ endpoint: '/p', backend: steps, extra_config: sequence })] })
    assert.deepEqual(await read(await strict.fetch('/e/7')), [200, 'false', { outer: 'GET' }])
    const lenient = await gatewayOf({ backend: [call('/outer'), flow({ endpoint: '/p', backend: steps, extra_config: sequence, ignore_errors: true })] })
    assert.deepEqual(await read(await lenient.fetch('/e/7')), [200, 'false', { outer: 'GET', a: 'GET' }])
    assert.ok(lenient.logs.some((line) => line.includes('invalid status code 500')))
    const alone = await gatewayOf({ backend: [flow({ endpoint: '/p', backend: [call('/broken')] })] })
    assert.equal((await alone.fetch('/e/7')).status, 500)
  })

  test('time: the endpoint\'s, or less', async () => {
    const gateway = await gatewayOf({ backend: [call('/outer'), flow({ endpoint: '/p', timeout: '50ms', backend: [call('/slow')] })] })
    const from = performance.now()
    assert.deepEqual(await read(await gateway.fetch('/e/7')), [200, 'false', { outer: 'GET' }])
    assert.ok(performance.now() - from < 250)
    const short = await gatewayOf({ timeout: '100ms', backend: [call('/outer'), flow({ endpoint: '/p', backend: [call('/slow'), call('/a')] })] })
    assert.deepEqual((await read(await short.fetch('/e/7')))[1], 'false')
  })

  test('stages of an endpoint work within', async () => {
    const policies = { 'security/policies': { req: { policies: ["hasHeader('X-A')"] } }, 'modifier/jmespath': { expr: '{kept: a}' } }
    const gateway = await gatewayOf({ backend: [call('/outer'), flow({ endpoint: '/p', backend: [call('/a'), call('/b')], extra_config: policies })] })
    assert.deepEqual((await read(await gateway.fetch('/e/7', { headers: { 'x-a': '1' } })))[2], { outer: 'GET 1', kept: 'GET 1' })
    assert.deepEqual((await read(await gateway.fetch('/e/7')))[2], { outer: 'GET' })
  })

  test('it is checked as an endpoint is', () => {
    const problems = (workflow: object): string[] => {
      try {
        return compile(readJson('gateway.json', JSON.stringify({ version: 3, endpoints: [{ endpoint: '/e', backend: [flow(workflow)] }] })), features).findings.map(({ code }) => code)
      } catch (error) {
        return (error as RefusedError).findings.map(({ code, path }) => `${code} ${path.at(-1)}`)
      }
    }
    assert.deepEqual(problems({ endpoint: '/p', backend: [call('/a')] }), [])
    assert.deepEqual(problems({ endpoint: '/p/{id}', backend: [call('/a/{ID}')] }), ['unknown-parameter url_pattern'])
    assert.deepEqual(problems({ endpoint: '/p', backend: [call('/a')], extra_config: { 'qos/ratelimit/router': { max_rate: 1 } } }), ['misplaced'])
    assert.deepEqual(problems({ endpoint: '/p', backend: [] }), ['no-backends backend'])
    assert.deepEqual(problems({ endpoint: '/p', timeout: 'soon', backend: [call('/a')] }), ['wrong-type timeout'])
    assert.deepEqual(problems({ endpoint: '/p', backend: [{ ...call('/a'), extra_config: { 'backend/htp': {} } }], ignore_error: true }), ['unknown-namespace', 'unknown-key'])
  })
})
