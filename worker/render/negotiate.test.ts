import assert from 'node:assert/strict'
import { test } from 'node:test'
import { negotiate } from './negotiate.ts'

test('the form that an Accept header gives', () => {
  const cases: readonly (readonly [accept: string, form: string])[] = [
    ['', 'json'],
    ['application/json', 'json'],
    ['application/xml', 'xml'],
    ['text/plain', 'yaml'],
    ['application/x-yaml', 'yaml'],
    ['application/x', 'xml'],
    ['application/x-', 'yaml'],
    ['a', 'json'],
    ['t', 'yaml'],
    ['application/', 'json'],
    ['application/yaml', 'json'],
    ['text/xml', 'json'],
    ['APPLICATION/XML', 'json'],
    ['application/xml+atom', 'json'],
    ['text/html, application/xhtml+xml, application/xml;q=0.1, text/plain', 'xml'],
    ['application/xml;q=0.1,application/json', 'xml'],
    [' , ;q=1, application/xml ; q=1', 'xml'],
    ['*/*', 'json'],
    ['*', 'json'],
    ['text/*', 'yaml'],
    ['application/x*', 'xml'],
    ['application/jso*n', 'json'],
    ['application/json/*', 'json'],
    ['image/png', 'json'],
    ['constructor', 'json'],
  ]
  for (const [accept, form] of cases) assert.equal(negotiate(accept), form, accept)
})
