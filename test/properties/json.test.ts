/** JSON text in is JSON text out: random documents through whole gateways, read by a plain model before and after. */
import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { byBytes } from '../../worker/url.ts'
import { createGateway } from '../gateway.ts'
import { document, type Members, readJson, toBytes, type Value } from './json-model.ts'

const RUNS = { numRuns: 1500 }
const decoder = new TextDecoder()
const isText = (bytes: Uint8Array): boolean => decoder.decode(bytes).isWellFormed() && !decoder.decode(bytes).includes('\ufffd') && !/\\u[dD][89a-fA-F]/.test(decoder.decode(bytes))

/** What the upstream answers to `/0`, `/1`. */
const answers: Uint8Array<ArrayBuffer>[] = []
type Ask = (path: string) => Promise<Uint8Array>
const backend = (i: number, more: object = {}): object => ({ host: ['http://up.internal'], url_pattern: `/${i}`, ...more })

async function gatewayOf(endpoints: readonly object[], extra: object = {}): Promise<Ask> {
  const { fetch } = await createGateway({ version: 3, endpoints, extra_config: extra }, { fetch: (url) => Promise.resolve(new Response(answers[Number(url.at(-1))])) })
  return async (path) => (await fetch(path)).bytes()
}

const show = (bytes: Uint8Array): string => JSON.stringify(Buffer.from(bytes).toString('latin1'))

suite('JSON text in, JSON text out', () => {
  let ask: Ask
  let canonical: Ask
  before(async () => {
    const endpoints = [
      { endpoint: '/one', backend: [backend(0)] },
      { endpoint: '/safe', backend: [backend(0, { encoding: 'safejson' })] },
      { endpoint: '/group', backend: [backend(0, { group: 'g' })] },
      { endpoint: '/list', output_encoding: 'json-collection', backend: [backend(0, { is_collection: true })] },
      { endpoint: '/two', backend: [backend(0), backend(1)] },
      // Nothing is moved, but everything becomes data on its way.
      { endpoint: '/data', backend: [backend(0, { extra_config: { proxy: { flatmap_filter: [{ type: 'del', args: ['no.such.path'] }] } } })] },
      { endpoint: '/sequence', backend: [backend(0), backend(1)], extra_config: { proxy: { sequential: true } } },
    ]
    ask = await gatewayOf(endpoints)
    canonical = await gatewayOf(endpoints, { 'cuttle/json': { canonical: true } })
  })

  test('one backend: the text itself, but for what is no Unicode', async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.constantFrom('', ' ', '\n'), fc.constantFrom('', ' {}', ']'), async (bytes, blank, rest) => {
        const sent = toBytes(bytes)
        answers[0] = Uint8Array.from([...Buffer.from(blank), ...sent, ...Buffer.from(rest)])
        const got = await ask('/one')
        if (isText(sent)) assert.equal(show(got), show(sent))
        assert.ok(decoder.decode(got).isWellFormed())
        assert.deepEqual(readJson(got), readJson(sent), show(sent))
      }),
      RUNS,
    )
  })

  test('safejson, groups, collections', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(document, { maxLength: 3 }), async (documents) => {
        const list = toBytes([0x5b, ...documents.flatMap((bytes, i) => (i ? [0x2c, ...bytes] : bytes)), 0x5d])
        answers[0] = list
        assert.deepEqual(readJson(await ask('/list')), readJson(list), show(list))
        assert.deepEqual(readJson(await ask('/safe')), new Map([['collection', readJson(list)]]), show(list))
        if (!documents.length) return
        answers[0] = toBytes(documents[0]!)
        assert.deepEqual(readJson(await ask('/group')), new Map([['g', readJson(answers[0])]]), show(answers[0]))
        assert.deepEqual(readJson(await ask('/safe')), readJson(answers[0]), show(answers[0]))
      }),
      { numRuns: 500 },
    )
  })

  test('parsed on its way: no number changes, no member is lost', async () => {
    await fc.assert(
      fc.asyncProperty(document, async (bytes) => {
        answers[0] = toBytes(bytes)
        assert.deepEqual(readJson(await ask('/data')), readJson(answers[0]), show(answers[0]))
      }),
      RUNS,
    )
  })

  test('two backends: members of the later one count', async () => {
    await fc.assert(
      fc.asyncProperty(document, document, async (first, second) => {
        ;[answers[0], answers[1]] = [toBytes(first), toBytes(second)]
        const merged = new Map([...(readJson(answers[0]) as Members), ...(readJson(answers[1]) as Members)])
        assert.deepEqual(readJson(await ask('/sequence')), merged, `${show(answers[0])} ${show(answers[1])}`)
        // In parallel the one that came later counts, whichever that is.
        const other = new Map([...(readJson(answers[1]) as Members), ...(readJson(answers[0]) as Members)])
        const both = readJson(await ask('/two'))
        assert.ok([merged, other].some((one) => isDeepStrictEqual(both, one)), `${show(answers[0])} ${show(answers[1])}`)
      }),
      { numRuns: 1000 },
    )
  })

  test('canonical: the same value, in the one spelling that Go gives it', async () => {
    await fc.assert(
      fc.asyncProperty(document, async (bytes) => {
        answers[0] = toBytes(bytes)
        assert.equal(decoder.decode(await canonical('/one')), goText(readJson(answers[0])), show(answers[0]))
      }),
      RUNS,
    )
  })
})

/** encoding/json's text of a value: routing/RULES.md §8. */
function goText(value: Value): string {
  if (typeof value === 'string') return goString(value)
  if (Array.isArray(value)) return `[${value.map(goText).join(',')}]`
  if (value instanceof Map) return `{${[...value].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map(([name, item]) => `${goString(name)}:${goText(item)}`).join(',')}}`
  return typeof value === 'object' && value !== null ? value.number : String(value)
}

const SHORT: { readonly [character: string]: string } = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const goString = (text: string): string =>
  `"${Array.from(text, (c) => SHORT[c] ?? (c < ' ' || '<>&\u2028\u2029'.includes(c) ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join('')}"`

test('names are compared as Go compares them: by the bytes of UTF-8', () => {
  const unit = fc.constantFrom('a', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1F600}')
  const name = fc.array(unit, { maxLength: 3 }).map((units) => units.join(''))
  fc.assert(fc.property(name, name, (a, b) => assert.equal(Math.sign(byBytes(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)))))
})
