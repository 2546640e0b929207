import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { createFind } from '../worker/regexp/match.ts'
import type { RegexpProgram } from '../worker/regexp/program.ts'
import { createReplace } from '../worker/regexp/replace.ts'
import { createTest } from '../worker/regexp/automaton.ts'
import { compileRegexp } from './regexp.ts'

function compile(pattern: string): RegexpProgram {
  const compiled = compileRegexp(pattern)
  if ('error' in compiled) throw new Error(compiled.error)
  return JSON.parse(JSON.stringify(compiled.program)) as RegexpProgram
}

/** Patterns of all that Go's syntax has, and texts near to them. */
const atom = fc.constantFrom('a', 'b', 'B', 'k', 'é', '😀', '.', '[ab]', '[^a]', '\\w', '\\W', '\\d', '\\s', '[[:alpha:]]', '[^[:^digit:]]', '\\pL', '\\p{Greek}', '\\b', '\\B', '^', '$', '\\A', '\\z', '\\x41', '\\Qa.\\E', '\\n', '(?i)k', '(?s).', '(?m)^', '(?m)$', '')
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atom,
    fc.tuple(tie('pattern'), tie('pattern')).map((two) => two.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map((two) => two.join('|')),
    fc.tuple(fc.constantFrom('(', '(?:', '(?i:', '(?s:', '(?m:', '(?U:'), tie('pattern'), fc.constantFrom(')', ')*', ')+', ')?', ')*?', ')+?', '){2}', '){0,2}', '){1,}?')).map((parts) => parts.join('')),
  ),
}))
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'k', 'K', '\u212a', 'é', 'É', '😀', '\n', ' ', '1', 'α', 'A', '.'), maxLength: 8 })

test('programs find what Go would', () => {
  fc.assert(
    fc.property(pattern, text, (source, subject) => {
      const compiled = compileRegexp(source)
      if ('error' in compiled) return
      const reference = RE2JS.compile(source)
      const expected = reference.exec(subject) as RegExpExecArray | null
      assert.equal(createTest(compiled.program)(subject), expected !== null)
      const match = createFind(compiled.program)(subject)
      assert.equal(match?.[0], expected?.index)
      if (!match || !expected) return
      const groups = Array.from({ length: expected.length }, (_, i) => (match[2 * i]! < 0 ? undefined : subject.slice(match[2 * i], match[2 * i + 1])))
      assert.deepEqual(groups, [...expected])
    }),
    { numRuns: 3000 },
  )
})

test("replacing is Go's", () => {
  // From Go's regexp/all_test.go.
  const cases: [pattern: string, template: string, text: string, expected: string][] = [
    ['', 'x', 'abc', 'xaxbxcx'],
    ['b*', 'x', 'abc', 'xaxcx'],
    ['a*', 'x', 'baaac', 'xbxcx'],
    ['b', 'x', 'abc', 'axc'],
    ['[a-c]*', 'x', 'abcbcdcdedef', 'xdxdxexdxexfx'],
    ['(a)(b)?', '[$2$1]', 'ab a', '[ba] [a]'],
    ['(?P<year>\\d{4})-(?P<month>\\d\\d)', '${month}/$year', 'on 2026-11', 'on 11/2026'],
    ['(a+)', '$1x', 'aa', ''],
    ['(a+)', '${1}x$$', 'aa', 'aax$'],
    ['a', '$', 'a', '$'],
    ['a', '${', 'a', '${'],
    ['a', '$0$01$7', 'a', 'a'],
    ['😀*', 'x', '😀é', 'xéx'],
  ]
  for (const [source, template, subject, expected] of cases) assert.equal(createReplace(compile(source), template)(subject), expected, `${source} ${template}`)
})

test("what Go's syntax does not have is refused in its words", () => {
  assert.deepEqual(compileRegexp('(?=a)'), { error: 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`' })
  assert.deepEqual(compileRegexp('(a'), { error: 'error parsing regexp: missing closing ): `(a`' })
})

test('time is in proportion to the text, whatever the pattern', () => {
  const length = 50_000
  for (const [source, evil] of [
    ['^(a+)+$', `${'a'.repeat(length)}!`],
    ['(x+x+)+y', 'x'.repeat(length)],
    ['(.*a){20}', 'b'.repeat(length)],
    // Its automaton has a million states.
    ['(a|b)*a(a|b){20}c', Array.from({ length }, (_, i) => ((i * 2654435761) & 4096 ? 'a' : 'b')).join('')],
  ] as const) {
    const found = createTest(compile(source))
    const find = createFind(compile(source))
    const began = performance.now()
    assert.equal(found(evil), false, source)
    assert.equal(find(evil.slice(-5000)), null, source)
    assert.ok(performance.now() - began < 3000, `${source}: ${performance.now() - began} ms`)
  }
})
