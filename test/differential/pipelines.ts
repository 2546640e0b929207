/** What becomes of upstreams' answers: encodings, filters, merges, sequences, error details. */
import type { Dice, Fields } from './dice.ts'
import { type Endpoint, type Generate, HOST } from './suite.ts'

const INPUTS = ['json', 'json', 'json', 'json', 'safejson', 'string', 'xml', 'no-op', 'fast-json', undefined]
const OUTPUTS = ['json', 'json', 'json', 'json', 'json-collection', 'string', 'no-op', 'xml', 'negotiate', 'fast-json', undefined]
const PATH = ['a', 'b', 'c', 'id', 'items', 'x', 'collection', 'data', 'A']
const RENAMED = ['a', 'b', 'id', 'x.y', 'items', 'collection']
const RENAMES = ['z', 'b', 'a.q', '', 'id', 'é']
const ERRORS: readonly Fields[] = [{ return_error_details: 'd' }, { return_error_code: true }, { return_error_details: '' }, { return_error_code: true, return_error_details: 'q' }]
/** What the first of a sequence gives to the next. */
const HANDED = ['/{resp0_a}', '?v={resp0_id}', '/{resp0_data.a}', '/x{resp0_items}y', '/{resp0_a.b}', '?w={resp0_b}&z=1', '/{resp0_collection}']
const ACCEPTED = ['application/json', 'application/xml', 'text/plain', '*/*', 'application/x-yaml', 'text/html,application/xml;q=0.9', '']
const RAW = [
  '', 'null', '[]', '{}', '[1,2]', '12', '"s"', '{', '{"a":1}x', ' {"a" : [1 , 2.0,1e2] }', '{"a":1,"a":{"b":2},"b":1}', String.raw`{"a":"\ud800\u00e9"}`, '{"a":01}',
  '{"id":{"x":1,"x":2}}', 'nul', '{"a":1,}', '[{"a":1},{"b":2}]', '\uFEFF{}', '{"a":1e999}', '{"a":-0}', '{"a":1.0}{"b":1}',
]
const CONTENTS = ['1', ' t ', '', 'x&lt;y', '<![CDATA[c<d]]>', 'é', 'true', '\n  ']

export const pipelines: Generate = (dice) => {
  const upstream: { [route: string]: Fields } = {}
  const outputs = Array.from({ length: 24 }, () => dice.pick(OUTPUTS))
  const endpoints = outputs.map((output, i) => createEndpoint(dice, i, output, upstream))
  const hasShadow = (i: number): boolean => JSON.stringify(endpoints[i]).includes('"shadow"')
  const cases = outputs.map((output, i) => ({ name: `pipelines ${i}`, ...(hasShadow(i) && { settle_ms: 100 }), request: { path: `/pipelines/${i}`, ...(output === 'negotiate' && { headers: { Accept: dice.pick(ACCEPTED) } }) } }))
  return { config: { version: 3, timeout: '1s', endpoints, ...(dice.chance(50) && { extra_config: { router: { return_error_msg: true } } }) }, upstreams: { a: upstream }, cases }
}

function createEndpoint(dice: Dice, index: number, output: string | undefined, upstream: { [route: string]: Fields }): Endpoint {
  // no-op takes one backend.
  const count = output === 'no-op' || dice.chance(55) ? 1 : 2 + dice.number(2)
  const sequential = count > 1 && dice.chance(50)
  const backend = Array.from({ length: count }, (_, k) => {
    const encoding = dice.pick(INPUTS)
    // Side by side they answer one after the other: what merges have twice is the later one's.
    const answer = { ...createAnswer(dice, encoding), ...(count > 1 && !sequential && { delay_ms: k * 90 }) }
    const url_pattern = `/u${index}_${k}`
    upstream[`* ${url_pattern}`] = upstream[`* ${url_pattern}/*`] = answer
    const handed = sequential && k > 0 && dice.chance(70) ? dice.pick(HANDED) : ''
    return { host: HOST, url_pattern: url_pattern + handed, ...(encoding && { encoding }), ...createFilters(dice, count > 1) }
  })
  const strategy = dice.pick(['always', 'success', 'errored', 'complete', 'incomplete', 'x'])
  const proxy = { ...(sequential && { sequential }), ...(dice.chance(15) && { static: { data: dice.object(2), strategy } }), ...(dice.chance(20) && { flatmap_filter: dice.some(2, () => createMove(dice)) }) }
  return { endpoint: `/pipelines/${index}`, ...(output && { output_encoding: output }), backend, extra_config: { proxy }, ...(dice.chance(20) && { cache_ttl: dice.pick(['10s', '0s', '1h']) }) }
}

function createFilters(dice: Dice, merged: boolean): Fields {
  const dotted = (): string => dice.some(3, () => dice.pick(PATH)).join('.')
  const proxy = { ...(dice.chance(20) && { flatmap_filter: dice.some(3, () => createMove(dice)) }), ...(merged && dice.chance(8) && { shadow: true }) }
  return {
    ...(dice.chance(15) && { is_collection: dice.chance(90) }),
    ...(dice.chance(20) && { target: dotted() }),
    ...(dice.chance(25) && { allow: dice.some(3, dotted) }),
    ...(dice.chance(25) && { deny: dice.some(3, dotted) }),
    ...(dice.chance(25) && { mapping: Object.fromEntries(dice.some(2, () => [dice.pick(RENAMED), dice.pick(RENAMES)])) }),
    ...(dice.chance(20) && { group: dice.pick(['g', 'a', 'g.h', 'é']) }),
    extra_config: { ...(Object.keys(proxy).length && { proxy }), ...(dice.chance(20) && { 'backend/http': dice.pick(ERRORS) }) },
  }
}

function createMove(dice: Dice): Fields {
  const dotted = (): string => dice.some(3, () => dice.pick(['a', 'b', 'c', 'id', 'items', '*', '0', '1', 'x', 'collection', 'data'])).join('.')
  const type = dice.pick(['move', 'move', 'del', 'del', 'append', 'nope'])
  return { type, args: type === 'del' ? dice.some(2, dotted) : [dotted(), dotted()] }
}

function createAnswer(dice: Dice, encoding: string | undefined): Fields {
  const status = dice.chance(25) ? dice.pick([200, 201, 202, 204, 400, 401, 404, 418, 500, 503]) : 200
  if (status === 204) return { status, text: '' }
  const body = createBody(dice, encoding)
  const headers = 'text' in body && dice.chance(80) && { headers: { 'Content-Type': dice.pick(['application/json', 'text/plain', 'application/xml; charset=utf-8']) } }
  return { status, ...body, ...headers, ...(dice.chance(10) && { gzip: true }) }
}

function createBody(dice: Dice, encoding: string | undefined): Fields {
  if (encoding === 'xml') return { text: (dice.chance(40) ? '<?xml version="1.0"?>' : '') + (dice.chance(10) ? '<!-- c -->' : '') + createXml(dice, 3) }
  if (encoding === 'string' && dice.chance(50)) return { text: dice.pick(['', 'hi', 'é\n', '{"a":1}']) }
  if (dice.chance(25)) return { text: dice.pick(RAW) }
  return { json: dice.chance(30) ? dice.some(4, () => dice.value(2)).slice(1) : dice.object(3) }
}

function createXml(dice: Dice, depth: number): string {
  const tag = dice.pick(['a', 'b', 'item', 'ns:c', 'id'])
  const attribute = dice.chance(30) ? ` ${dice.pick(['k', 'xml:lang', 'id'])}="${dice.pick(['1', 'v&amp;w', ''])}"` : ''
  if (dice.chance(15)) return `<${tag}${attribute}/>`
  const content = depth <= 0 || dice.chance(40) ? dice.pick(CONTENTS) : dice.some(3, () => createXml(dice, depth - 1)).join(dice.pick(['', ' ', '\n']))
  return `<${tag}${attribute}>${content}</${tag}>`
}
