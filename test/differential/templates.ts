/** Templates of the flexible configuration. What they print is in base64, so that the file is JSON whatever it is. */
import { createText, type Grammar } from './grammar.ts'
import { type Generate, HOST } from './suite.ts'

const TEMPLATES: Grammar = {
  change: {
    plain: [
      'upper', 'lower', 'title', 'trim', 'snakecase', 'camelcase', 'kebabcase', 'untitle', 'nospace', 'swapcase', 'initials', 'b64enc', 'sha256sum', 'sha1sum', 'adler32sum', 'quote', 'squote', 'b32enc',
      'toString', 'repeat 0', 'repeat 3', 'trunc 2', 'trunc -2', 'trunc 10', 'substr 0 2', 'substr 1 3', 'substr 0 -1', 'trimAll <text>', 'trimSuffix <text>', 'trimPrefix <text>', 'abbrev 5', 'abbrev 20',
      'indent 2', 'nindent 2', 'wrap 3', 'wrap 5', 'html', 'js', 'urlquery', 'replace <text> <text>',
    ],
  },
  shown: { plain: ['%s', '%5s|', '%-5s|', '%q', '%v', '%x', '%T', '%d', '%5d', '%05d', '%.2f', '%t'].map((format) => `\`${format}\``) },
  pattern: { plain: ['`[aeiou]`', '`o+`', '`[a-z]+`', '`o.`'] },
  text: {
    plain: ['`a`', '``', '`Hello World`', '`foo_bar-baz`', '`12`', '`é😀`', '` x `', '`a,b,c`', '`A1`', '`$1`', '`tRUE`'],
    nested: [
      '(<change> <text>)', '(<change> <text>)', '(<change> <text>)', '(<change> <text>)', '(cat <text> <any> <text>)', '(plural <text> <text> <number>)', '(printf <shown> <any>)', '(printf <shown> <any>)',
      '(join <text> <list>)', '(default <any> <any>)', '(coalesce <any> <any>)', '(ternary <any> <any> <truth>)', '(regexReplaceAll <pattern> <text> `$1x`)', '(regexFind <pattern> <text>)', '(index <list> 0)',
      '(index <list> 5)', '(toJson <any>)', '(marshal <any>)', '(print <any> <any>)', '(kindOf <any>)', '(typeOf <any>)', '(urlJoin (urlParse `http://a.b/c?d=e`))', '(dir `/a/b/c.d`)', '(base `/a/b/c.d`)',
      '(ext `/a/b/c.d`)', '(semver `1.2.3-a`)', '(date `2006-01-02` (toDate `2006-01-02` `2020-02-03`))',
    ],
  },
  sum: { plain: ['add', 'sub', 'mul', 'div', 'mod', 'max', 'min'] },
  number: {
    plain: ['0', '1', '-3', '7', '2.5', '100', '1e3'],
    nested: [
      '(<sum> <number> <number>)', '(<sum> <number> <number>)', '(len <text>)', '(len <list>)', '(int <any>)', '(atoi <text>)', '(add1 <number>)', '(floor <number>)', '(ceil <number>)', '(round <number> 1)',
      '(float64 <any>)', '(addf 1.5 <number>)', '(toDecimal 777)',
    ],
  },
  list: {
    plain: ['(list <any> <any>)', '(splitList `,` `a,b,c`)', '(until 3)', '(until 0)', '(until -2)', '(list `b` `a` `b`)', '(untilStep 1 9 3)', '(tuple 1 2)', '(keys (dict `a` 1))', '(regexSplit `,` `a,b,c` -1)', '(chunk 2 (list 1 2 3))'],
    nested: [
      '(reverse <list>)', '(uniq <list>)', '(compact <list>)', '(rest <list>)', '(initial <list>)', '(sortAlpha <list>)', '(append <list> <any>)', '(prepend <list> <any>)', '(concat <list> <list>)',
      '(without <list> `a`)', '(slice <list> 1)',
    ],
  },
  order: { plain: ['lt', 'gt', 'le', 'ge', 'ne', 'eq'] },
  truth: {
    plain: ['true', 'false', '(hasKey (dict `a` 1) `a`)'],
    nested: [
      '(<order> <number> <number>)', '(<order> <text> <text>)', '(eq <any> <any>)', '(and <truth> <any>)', '(or <any> <any>)', '(not <any>)', '(contains <text> <text>)', '(hasPrefix <text> <text>)', '(hasSuffix <text> <text>)',
      '(has <any> <list>)', '(empty <any>)', '(regexMatch <pattern> <text>)', '(kindIs `int` <any>)', '(deepEqual <list> <list>)',
    ],
  },
  any: { plain: ['`a`', '``', '`Hello World`', '12', '-3', '2.5', 'true', '(list)', '(dict `k` 1)'], nested: ['<text>', '<number>', '<list>', '<truth>'] },
  // `{{ template }}` takes a name that no other place of the file defines: NAME becomes one.
  template: {
    plain: [
      '{{ printf `%v` <any> | b64enc }}', '{{ printf `%v` <text> | b64enc }}', '{{ printf `%v` <text> | b64enc }}', '{{ range $i, $v := <list> }}{{ $i }}={{ printf `%v` $v | b64enc }};{{ else }}none{{ end }}',
      '{{ if <any> }}T{{ else if <truth> }}E{{ else }}F{{ end }}', '{{- $x := <any> -}} {{ with $x }}{{ printf `%v` . | b64enc }}{{ else }}z{{ end -}}',
      '{{ define `NAME` }}[{{ printf `%v` . | b64enc }}]{{ end }}{{ template `NAME` <any> }}',
      '{{ range <list> }}{{ if eq (printf `%v` .) `b` }}{{ continue }}{{ end }}{{ printf `%v` . | b64enc }}{{ break }}{{ end }}',
      '{{ <text> | b64enc | lower }}', '{{ <text> | b64enc | len }}', '{{ <text> | b64enc | trunc 3 }}',
    ],
  },
}

export const templates: Generate = (dice) => {
  const text = createText(dice, TEMPLATES)
  const endpoints = Array.from({ length: 4 }, (_, i) => {
    const v = text('template', 4).replaceAll('NAME', `t${i}`)
    return { endpoint: `/templates/${i}`, backend: [{ host: HOST, url_pattern: '/x' }], extra_config: { proxy: { static: { data: { v }, strategy: 'always' } } } }
  })
  const cases = endpoints.map((_, i) => ({ name: `templates ${i}`, request: { path: `/templates/${i}` } }))
  return { env: { FC_ENABLE: '1' }, config: { version: 3, timeout: '2s', endpoints }, upstreams: { a: { '* /*': { json: {} } } }, cases }
}
