/** CEL over requests, and over what backends answered. */
import { createText, type Grammar } from './grammar.ts'
import { ECHO, type Generate, HOST } from './suite.ts'

const raw = String.raw
const ANSWER = { a: 1, n: null, s: '1', l: [1, 2, 'a'], o: { x: 1 }, f: 2.5, t: true }

const REQUEST: Grammar = {
  order: { plain: ['==', '!=', '<', '>', '<=', '>='] },
  text: {
    plain: ["'a'", "'GET'", "''", "'/x/1'", "'é'", 'req_method', 'req_path', 'req_params.Id', "req_headers['X-A'][0]", 'req_querystring.q[0]', raw`"b\n"`, raw`r'\d'`, "'12'"],
    nested: ['<text> + <text>', 'string(<number>)', '(<truth> ? <text> : <text>)', '<list>[0]', 'string(<truth>)'],
  },
  number: {
    plain: ['1', '0', '-3', '7', '100', '9223372036854775807', "int('5')", 'int(1.7)', 'int(-1.7)', 'int(3u)', "int('x')"],
    nested: ['(<number> <sum> <number>)', 'size(<text>)', 'size(<list>)', '<list>.size()', '(<truth> ? <number> : <number>)'],
  },
  sum: { plain: ['+', '-', '*', '/', '%'] },
  double: { plain: ['1.5', '0.0', '-2.25', '1e3', 'double(1)', "double('2.5')"] },
  list: {
    plain: ["['a','b']", "['GET']", "['1','2','1']", "[]+['z']"],
    nested: ['[<text>,<text>]', "['a','bb','ccc'].filter(v, v.size() > <number>)", "['a','b'].map(v, v + <text>)"],
  },
  truth: {
    plain: ['true', 'false', "req_method == 'GET'", 'has(req_params.Id)', "'X-A' in req_headers", 'has(req_headers.Foo)', 'has(req_querystring.q)', 'has(req_params.Nope)'],
    nested: [
      '<text> <order> <text>', '<number> <order> <number>', '<double> <order> <double>', '(<truth> && <truth>)', '(<truth> || <truth>)', '!(<truth>)', '<text> in <list>',
      '<text>.<within>(<text>)', '<text>.matches(<pattern>)', '<list>.<each>(v, v <order> <text>)', 'type(<text>) == <type>', 'type(<number>) == <type>', 'type(<list>) == <type>',
      "timestamp('2020-01-02T03:04:05Z') <order> timestamp(<time>)", 'duration(<span>) <order> duration(<span>)', "timestamp('2020-02-03T04:05:06Z').<field>() == <fieldvalue>",
    ],
  },
  within: { plain: ['startsWith', 'endsWith', 'contains'] },
  pattern: { plain: ["'^/x'", "'[0-9]+'", "'a|b'", "'('", "'(?i)get'", raw`'\\d'`] },
  each: { plain: ['exists', 'all', 'exists_one'] },
  type: { plain: ['string', 'int', 'list', 'bool'] },
  time: { plain: ['now', "'2021-01-01T00:00:00Z'", "'x'"] },
  span: { plain: ["'1h'", "'90m'", "'1s'", "'-5s'", "'1x'", "'60m'", "'1h30m'"] },
  field: { plain: ['getFullYear', 'getMonth', 'getDate', 'getHours', 'getDayOfWeek', 'getDayOfYear', 'getDayOfMonth'] },
  fieldvalue: { plain: ['2020', '1', '2', '3', '4', '33'] },
}

const RESPONSE: Grammar = {
  data: { plain: ['a', 'n', 's', 'l', 'o.x', 'f', 't', 'l[0]', 'nope'].map((name) => `resp_data.${name}`) },
  order: { plain: ['==', '!=', '<', '>'] },
  value: { plain: ['1', '1.0', "'1'", "'a'", 'true', 'null', '2.5', '[1,2]', '<data>'] },
  type: { plain: ['string', 'int', 'double', 'list', 'map', 'bool', 'null_type'] },
  truth: {
    plain: [
      '<data> <order> <value>', '<data> <order> <value>', 'size(<data>) <order> 1', 'has(resp_data.a)', 'has(resp_data.nope)', 'has(resp_data.o.x)', 'has(resp_data.o.y)', 'resp_completed',
      '<value> in <data>', 'int(<data>) == 1', 'double(<data>) > 0.5', "string(<data>) == '1'", 'type(<data>) == <type>', 'resp_data.l.exists(v, v == <value>)', 'resp_data.l.all(v, int(v) > 0)',
    ],
  },
}

export const expressions: Generate = (dice) => {
  const [ofRequest, ofResponse] = [createText(dice, REQUEST), createText(dice, RESPONSE)]
  const endpoints = Array.from({ length: 30 }, (_, i) => {
    const response = dice.chance(30)
    const extra_config = { 'validation/cel': [{ check_expr: response ? ofResponse('truth', 0) : ofRequest('truth', 3) }] }
    const backend = { host: HOST, url_pattern: response ? '/data' : '/e' }
    const shared = { endpoint: `/x/{id}/e${i}`, input_headers: ['*'], input_query_strings: ['*'] }
    return dice.chance(50) ? { ...shared, backend: [backend], extra_config } : { ...shared, backend: [{ ...backend, extra_config }] }
  })
  const cases = endpoints.map((_, i) => ({ name: `expressions ${i}`, request: { path: `/x/7/e${i}${dice.chance(50) ? '?q=1' : ''}`, ...(dice.chance(50) && { headers: { 'X-A': 'a' } }) } }))
  return { config: { version: 3, timeout: '2s', endpoints, extra_config: { router: { return_error_msg: true } } }, upstreams: { a: { ...ECHO, '* /data': { json: ANSWER } } }, cases }
}
