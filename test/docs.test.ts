/** Every example of docs/ does what its page says. docs/README.md tells how they are written. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { compile } from '../compiler/compile.ts'
import { formatPath } from '../compiler/diagnostics.ts'
import { readConfiguration } from '../compiler/load/read.ts'
import { features } from '../features/index.ts'
import { type Gateway, type Routes, startGateway } from '../testing/index.ts'
import { between, generated } from './docs-tables.ts'
import { type Example, examplesOf, PAGES, readCommands, readExamples, readExchange } from './examples.ts'

const ROOT = path.join(import.meta.dirname, '..')

for (const page of PAGES) {
  // They wait for processes more than they work.
  suite(page, { concurrency: 2 }, () => {
    for (const example of examplesOf(page)) test(`${page}:${example.line}`, (t) => run(example, t))
  })
}

async function run(example: Example, t: TestContext): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-docs-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const { file, text } = example.config
  write(folder, { ...example.files, [file]: text })
  installInto(folder)
  await checkFindings(example, path.join(folder, file))
  const commands = example.steps.filter(({ kind }) => kind === 'console')
  for (const { text: console, line } of commands) await runConsole(console, folder, `${example.page}:${line}`)
  const exchanges = example.steps.filter(({ kind }) => kind === 'http')
  if (!exchanges.length) return
  await using gateway = await start(example, folder)
  for (const { text: http, line } of exchanges) await ask(gateway, http, `${example.page}:${line}`)
}

function write(folder: string, files: { readonly [file: string]: string }): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
}

async function checkFindings(example: Example, file: string): Promise<void> {
  if (example.steps.some(({ kind, text }) => kind === 'console' && text.includes('cuttle check'))) return
  const { findings } = compile(await readConfiguration(file), features)
  assert.deepEqual(findings.map(({ path: at, message }) => `${formatPath(at)}: ${message}`), [], `${example.page}:${example.line}: findings that the page does not show`)
}

/** The configuration's hosts become those of upstreams that run beside the gateway. */
async function start({ config, upstreams, env }: Example, folder: string): Promise<Gateway> {
  const hosts = Object.keys(upstreams)
  const fill = (text: string): string =>
    hosts.reduce((filled, host, i) => filled.replace(new RegExp(`${RegExp.escape(host)}(?![\\w.-])`, 'g'), `http://upstream-${i}`), text)
  writeFileSync(path.join(folder, config.file), fill(config.text))
  const routes = Object.fromEntries(hosts.map((host, i) => [String(i), upstreams[host] as Routes]))
  return startGateway({ config: path.join(folder, config.file), upstreams: routes, env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])) })
}

async function ask(gateway: Gateway, text: string, where: string): Promise<void> {
  const { method, target, headers, body, status, answerHeaders, answerBody } = readExchange(text)
  const answer = await gateway.fetch(target, { method, headers, body })
  const received = await answer.text()
  const log = gateway.logs.map(({ message }) => message).join('\n')
  assert.equal(answer.status, status, `${where}: ${received}\n${log}`)
  for (const [name, value] of answerHeaders) {
    const found = answer.headers.get(name)
    assert.equal(found ?? '', value === '...' && found !== null ? found : value, `${where}: ${name}`)
  }
  if (answerBody !== null) compareBodies(received, answerBody, where)
}

function compareBodies(received: string, shown: string, where: string): void {
  const wanted = dataOf(shown)
  const found = dataOf(received)
  if (wanted === undefined || found === undefined) assert.equal(received.trimEnd(), shown, where)
  else assert.deepEqual(withoutAny(found, wanted), wanted, where)
}

/** undefined: no JSON. */
function dataOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** What was found, with "..." where the page says that any value will do. */
function withoutAny(found: unknown, wanted: unknown): unknown {
  if (wanted === '...' && found !== undefined) return '...'
  if (Array.isArray(found) && Array.isArray(wanted)) return found.map((item, i) => withoutAny(item, wanted[i]))
  if (!isObject(found) || !isObject(wanted)) return found
  return Object.fromEntries(Object.entries(found).map(([key, item]) => [key, withoutAny(item, wanted[key])]))
}
const isObject = (value: unknown): value is { [key: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `cuttle` as a command and as a package. */
function installInto(folder: string): void {
  const modules = path.join(folder, 'node_modules')
  mkdirSync(path.join(modules, '.bin'), { recursive: true })
  symlinkSync(ROOT, path.join(modules, 'cuttle'))
  symlinkSync(path.join(ROOT, 'node_modules', 'hono'), path.join(modules, 'hono'))
  writeFileSync(path.join(modules, '.bin', 'cuttle'), `#!/bin/sh\nexec '${process.execPath}' '${path.join(ROOT, 'compiler', 'cli.ts')}' "$@"\n`, { mode: 0o755 })
}

async function runConsole(text: string, folder: string, where: string): Promise<void> {
  const PATH = [path.join(folder, 'node_modules', '.bin'), path.dirname(process.execPath), path.join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter)
  const env = Object.fromEntries(Object.entries({ ...process.env, PATH }).filter(([name]) => name !== 'NODE_TEST_CONTEXT'))
  for (const { command, shown } of readCommands(text)) {
    const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
      const child = execFile('sh', ['-c', `{ ${command}\n} 2>&1`], { cwd: folder, env }, (_error, stdout) => resolve({ code: child.exitCode ?? 1, output: stdout }))
    })
    if (!shown.length) assert.equal(code, 0, `${where}: ${command}\n${output}`)
    let from = 0
    for (const line of shown) {
      const at = output.indexOf(line.trim(), from)
      assert.ok(at >= 0, `${where}: ${command} does not print, in this order,\n  ${line}\nbut\n${output}`)
      from = at + line.trim().length
    }
  }
}

suite('the form itself', () => {
  test('blocks find their example, or are told where they stand', () => {
    const [first, second, ...rest] = readExamples('p.md', '# p\n\n```json\n{"version": 3}\n```\n```lua a.lua\nx\n```\n```jsonc\n"a": 1\n```\n```json\n{"version": 3}\n```\n```http\nGET /\n\nHTTP/1.1 200\n```\n')
    assert.deepEqual([first?.line, first?.files, first?.steps, second?.steps.length, rest], [3, { 'a.lua': 'x\n' }, [], 1, []])
    assert.throws(() => readExamples('p.md', '```json\n{"endpoint": "/"}\n```\n'), /^Error: p\.md:1: a configuration has a version/)
    assert.throws(() => readExamples('p.md', '\n```http\nGET /\n```\n'), /^Error: p\.md:2: no configuration stands above/)
  })

  test('an exchange', () => {
    assert.deepEqual(readExchange('POST /a?b=1\nX-One: 1: 2\n\n{}\n\nHTTP/1.1 201\nX-Two:\n\nyes\n\nno\n'), {
      method: 'POST',
      target: '/a?b=1',
      headers: [['X-One', '1: 2']],
      body: '{}',
      status: 201,
      answerHeaders: [['X-Two', '']],
      answerBody: 'yes\n\nno',
    })
  })

  test('every page is in the index, and has an example', () => {
    const index = readFileSync(path.join(ROOT, 'docs', 'README.md'), 'utf8')
    for (const page of PAGES) {
      assert.ok(examplesOf(page).length, `${page} has no example`)
      const link = page.replace('docs/', '')
      if (page !== 'docs/README.md') assert.ok(index.includes(`(${link})`), `docs/README.md has no link to ${link}`)
    }
    for (const [, link] of index.matchAll(/\]\(([\w-]+\.md)/g)) assert.ok(PAGES.includes(`docs/${link}`), `${link} is not there`)
  })
})

suite('what stands elsewhere too', () => {
  for (const part of generated()) {
    test(`${part.name} in ${part.page}`, () => {
      const { found } = between(readFileSync(path.join(ROOT, part.page), 'utf8'), part)
      assert.equal(found, part.text, 'node test/docs-tables.ts --update writes it anew')
    })
  }
})
