import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { TemplateError } from '../../../worker/template/error.ts'
import { fn, type Functions } from '../../../worker/template/function.ts'
import { marshal } from '../../../worker/template/json.ts'
import { sprig } from './sprig/index.ts'
import { createTemplates } from './template.ts'
import { fromJson, type Value } from '../../../worker/template/value.ts'

process.env.TZ = 'UTC'
const functions: Functions = { ...sprig({ SHOP: 'corner' }), marshal: fn(['any'], (value) => marshal(value)), include: fn(['any'], () => '') }

function run(text: string, data: Value = null, others: { readonly [name: string]: string } = {}): string {
  const templates = createTemplates(functions)
  for (const [name, other] of Object.entries(others)) templates.parse(name, other)
  templates.parse('x', text)
  return templates.execute('x', data).map((piece) => piece.text).join('')
}

/** Recorded from Go's text/template with Sprig. */
const recorded = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as { data: unknown; template: string; cases: readonly (readonly [text: string, output: string | null])[] }

suite('as Go runs it', () => {
  for (const [text, output] of recorded.cases) {
    test(text, () => {
      const made = (): string => run(text, fromJson(recorded.data), { t: recorded.template })
      if (output === null) assert.throws(made, TemplateError)
      else assert.equal(made(), output)
    })
  }
})

suite('mistakes have their place', () => {
  const mistakes: readonly (readonly [text: string, at: string, message: RegExp])[] = [
    ['a\n{{ nosuch 1 }}', 'nosuch', /^function "nosuch" not defined$/],
    ['{{ if true }}', '', /^unexpected EOF$/],
    ['{{ .a.b }}', '.a.b', /^can't evaluate field b in type string$/],
    ['{{ upper 1 }}', '1', /^expected string; found 1$/],
    ['{{ "x" | add 1 | upper }}', 'upper', /^wrong type for value; expected string; got int$/],
    ['{{ fail "no port" }}', 'fail', /^error calling fail: no port$/],
    ['{{ template "none" }}', 'template', /^template "none" not defined$/],
    ['{{ $x }}', '$x', /^undefined variable "\$x"$/],
    ['x {{ "a }}', '"a', /^unterminated quoted string$/],
    ['{{ genCA "a" 1 }}', 'genCA', /^error calling genCA: genCA is not supported/],
  ]
  for (const [text, at, message] of mistakes) {
    test(text, () => {
      assert.throws(() => run(text, new Map([['a', 'text']])), (error: unknown) => {
        assert.ok(error instanceof TemplateError)
        assert.match(error.message, message)
        assert.equal(error.offset, at ? text.indexOf(at) : text.length)
        return true
      })
    })
  }

  test('in another template too', () => {
    assert.throws(() => run('{{ template "t" . }}', null, { t: 'ab{{ len 1 }}' }), (error: unknown) => error instanceof TemplateError && error.template === 't' && error.offset === 5)
  })
})

test('a template that calls itself without end is a mistake, not a crash', () => {
  assert.throws(() => run('{{ define "r" }}{{ template "r" }}{{ end }}{{ template "r" }}'), /exceeded maximum template depth/)
})

test('output that grows without end is a mistake, not a crash', () => {
  assert.throws(() => run('{{ range 2000 }}{{ repeat 100000 "x" }}{{ end }}'), /the output is too long/)
})

test('the environment', () => {
  assert.equal(run('{{ env "SHOP" }} {{ env "NONE" }}| {{ expandenv "a-$SHOP" }}'), 'corner | a-corner')
})

test('pieces lead back to the template', () => {
  const templates = createTemplates(functions)
  templates.parse('x', 'ab {{- 1 }}cd')
  assert.deepEqual(templates.execute('x', null), [
    { text: 'ab', file: 'x', offset: 0, literal: true },
    { text: '1', file: 'x', offset: 7, literal: false },
    { text: 'cd', file: 'x', offset: 11, literal: true },
  ])
})
