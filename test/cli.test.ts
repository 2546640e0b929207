/** The command line as a shell sees it: exit codes, what stands on which stream, findings with their places, and signals. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, type TestContext, test } from 'node:test'
import { VERSION } from '../compiler/version.ts'
import { freePort } from './free-port.ts'

const CLI = path.join(import.meta.dirname, '..', 'compiler', 'cli.ts')
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function cuttle(args: readonly string[], cwd: string = folder): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, ...args], { cwd }, (_error, stdout, stderr) => resolve({ code: child.exitCode!, stdout, stderr }))
  })
}

/** Writes a file below the tests' folder. Gives its name there. */
function write(name: string, content: string | object): string {
  writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return name
}

const endpoint = (more: object = {}): object => ({ endpoint: '/a', backend: [{ host: ['http://a.internal'], url_pattern: '/' }], ...more })
mkdirSync(path.join(folder, 'folder'))
write('empty.json', '')
write('good.json', { version: 3, endpoints: [endpoint()] })
write('warned.json', { version: 3, nam: 'x', endpoints: [endpoint()] })
write('open.json', { version: 3, endpoints: [endpoint({ extra_config: { 'validation/cell': {} } })] })
write('refused.json', { version: 3, endpoints: [endpoint(), endpoint()] })

suite('exit codes', () => {
  const cases: readonly (readonly [args: string, code: number, stderr: RegExp])[] = [
    ['check -c good.json', 0, /^Syntax OK!\n$/],
    ['validate --config=good.json', 0, /^Syntax OK!\n$/],
    ['check -c warned.json', 0, /^warned\.json:1:20: warning: nam: .* did you mean name\? \[unknown-key\]\n1 warning\nSyntax OK!\n$/],
    ['check -c warned.json --strict', 0, /Syntax OK!\n$/],
    ['check -c open.json', 0, /leaves a door open.*\n1 warning\nSyntax OK!\n$/],
    ['check -c open.json --strict', 1, /^open\.json:1:\d+: warning: .*did you mean validation\/cel\? \(leaves a door open\) \[unknown-namespace\]\n1 warning\n$/],
    ['plan -c open.json --strict', 1, /leaves a door open/],
    ['build -c open.json --strict', 1, /leaves a door open/],
    ['run -c open.json --strict', 1, /leaves a door open/],
    ['check -t -c refused.json', 1, /^refused\.json:1:\d+: error: endpoints\[1\]\.endpoint: GET \/a is there twice: endpoints\[0\] has it too \[endpoint-twice\]\n1 error\n$/],
    ['check --strict -c refused.json', 1, /1 error\n$/],
    ['check -c refused.json', 0, /1 error\nSyntax OK! But the routes are not: `cuttle run` refuses them, and so does `cuttle check -t`\n$/],
    ['check -n -c warned.json', 1, /did you mean name\? \[unknown-key\]\n1 warning\n$/],
    ['check -l -n -c good.json', 255, /expected one of --lint, --lint-no-network and --lint-schema\n/],
    ['check -s none.json -c good.json', 1, /^error: cannot read the schema none\.json: /],
    ['build -c refused.json', 1, /1 error\n$/],
    ['run -c refused.json', 1, /1 error\n$/],
    ['plan -c refused.json', 1, /1 error\n$/],
    ['check -c missing.json', 1, /^error: cannot read missing\.json: there is no such file\n$/],
    ['chekc', 255, /^error: unknown command chekc: did you mean check\?\n`cuttle --help` lists the commands\n$/],
    ['something', 255, /^error: unknown command something\n/],
    ['help chekc', 255, /did you mean check\?/],
    ['check --strcit -c good.json', 255, /^error: unknown option --strcit: did you mean --strict\?\n/],
    ['check -x', 255, /^error: unknown option -x\n`cuttle check --help` tells what it takes\n$/],
    ['validate -c good.json -x', 255, /\n`cuttle validate --help` tells what it takes\n$/],
    ['check --config=', 255, /^error: --config needs a name, found an empty one: is a variable not set\?\n/],
    ['build -c good.json --out=', 255, /^error: --out needs a name, found an empty one/],
    ['check --config', 255, /^error: --config needs a value\n/],
    ['check --strict=yes -c good.json', 255, /^error: --strict takes no value\n/],
    ['check good.json', 255, /^error: unexpected "good\.json"\n/],
    ['run -c good.json -p 65536', 255, /^error: expected a port from 1 to 65535, found "65536"\n/],
    ['run -c good.json --runtime wokerd', 255, /^error: --runtime: expected workerd or deno, found wokerd; did you mean workerd\?\n/],
    ['build -c good.json --target cloudflrae', 255, /did you mean cloudflare\?\n/],
    ['build -c good.json --target mars', 255, /^error: --target: expected cloudflare, workerd or deno, found mars\n/],
    ['check -c folder', 1, /^error: cannot read folder: it is a folder\n$/],
    ['check -c empty.json', 1, /^empty\.json:1:1: error: the file is empty \[not-json\]\n1 error\n$/],
    ['build -c good.json -o good.json', 1, /^error: cannot make the folder good\.json: a file stands where a folder is needed\n$/],
    ['convert -c good.json -o none/x.json', 1, /^error: cannot write none\/x\.json: there is no folder none\n$/],
    ['convert -c good.json -o folder', 1, /^error: cannot write folder: it is a folder\n$/],
    ['cluster -c good.json --script none', 1, /^error: cannot read none: there is no such file\n$/],
    ['cluster -c good.json --nodes 0', 255, /^error: --nodes: expected a number from 1 to 16, found "0"\n/],
    ['audit -c good.json -I folder', 1, /^error: cannot read folder: it is a folder\n$/],
    ['promote --bogus', 255, /^error: unknown option --bogus\n/],
    ['promote 10 20', 255, /^error: unexpected "20"\n/],
    ['promote none', 255, /^error: expected a percentage from 1 to 100, found "none"\n/],
    ['deploy -c good.json --env none', 255, /^error: no environment none: there is no wrangler\.toml\n/],
    ['run -c good.json -p 9000 --admin 9000', 1, /^error: port 9000 is the gateway's: choose another with --admin\n$/],
  ]
  for (const [args, code, stderr] of cases) {
    test(`${args}: ${code}`, async () => {
      const ended = await cuttle(args.split(' '))
      assert.match(ended.stderr, stderr)
      assert.equal(ended.stdout, '')
      assert.equal(ended.code, code)
    })
  }

  test('a disk that is full: 1, and no stack', { skip: !existsSync('/dev/full') }, async () => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [CLI, 'plan', '-c', 'good.json'], { cwd: folder, stdio: ['ignore', full, 'pipe'] })
    closeSync(full)
    let stderr = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    assert.deepEqual(await once(child, 'close'), [1, null])
    assert.match(stderr, /^error: cannot write to standard output: ENOSPC: no space left on device, write\n$/)
  })

  test('no configuration at any of the usual places: 1', async () => {
    const { code, stderr } = await cuttle(['check'])
    assert.match(stderr, /no configuration: name one with -c FILE \(looked for krakend\.json, gateway\.json, config\/gateway\.json, /)
    assert.equal(code, 1)
  })

  test('a configuration at one of the usual places: 0', async () => {
    const own = path.join(folder, 'usual')
    mkdirSync(path.join(own, 'config'), { recursive: true })
    write('usual/config/gateway.json', { version: 3, name: 'usual', endpoints: [] })
    const { code, stdout } = await cuttle(['plan'], own)
    assert.equal((JSON.parse(stdout) as { name: string }).name, 'usual')
    assert.equal(code, 0)
  })
})

suite('help', () => {
  test('of every command', async () => {
    const { stdout, code } = await cuttle(['--help'])
    assert.equal(code, 0)
    const commands = [...stdout.matchAll(/^ {2}(\w+) +\S/gm)].map(([, name]) => name!).filter((name) => name !== 'version')
    assert.deepEqual(commands.slice(0, 6), ['check', 'plan', 'build', 'run', 'dev', 'deploy'])
    const others = await Promise.all([cuttle(['check', '-h']), cuttle(['help', 'check'])])
    for (const command of commands) {
      const long = await cuttle([command, '--help'])
      assert.match(long.stdout, new RegExp(`^usage: cuttle ${command}( |$)`, 'm'))
      assert.match(long.stdout, /^ {2}-c, --config FILE .*\n(?:.*\n)* {2}-h, --help /m)
      if (command === 'check') assert.deepEqual(others, [long, long])
      assert.equal(long.code, 0)
    }
  })

  test('of no command, and the version', async () => {
    assert.deepEqual(await cuttle([]), await cuttle(['help']))
    for (const word of ['version', '--version', '-v']) assert.deepEqual(await cuttle([word]), { code: 0, stdout: `Cuttle ${VERSION}\n`, stderr: '' })
  })
})

/** Mistakes of each kind, one a line or two, so that a finding's place says which one it is about. */
const MISTAKES = `{
  "version": 3,
  "endpionts": [],
  "extra_config": {
    "security/bot-detectr": { "deny": ["a"] },
    "governance/quota": {}
  },
  "endpoints": [
    {
      "endpoint": "/a/{id}",
      "backend": [{ "host": ["http://a/path"],
                    "url_pattern": "/{ib}" }]
    },
    {
      "endpoint": "/a/{id}",
      "backend": [{ "host": ["http://a"], "url_pattern": "/",
                    "alow": ["x"] }]
    }
  ]
}
`
const WRONG_TYPES = `{
  "version": 3,
  "timeout": "2 seconds",
  "endpoints": [
    { "endpoint": "/a", "concurrent_calls": "many", "input_headers": [{}],
      "backend": "http://a" }
  ]
}
`
interface Found {
  at: readonly [line: number, column: number]
  severity: 'error' | 'warning'
  code: string
  path: string
  message: string
  suggestion?: string
  opensDoor?: true
}
const notJson = (line: number, column: number, message: string): Found => ({ at: [line, column], severity: 'error', code: 'not-json', path: '(the whole file)', message })
const wrongType = (line: number, column: number, where: string, message: string): Found => ({ at: [line, column], severity: 'error', code: 'wrong-type', path: where, message })

const FOUND: { readonly [file: string]: { text: string; findings: readonly Found[]; summary: string } } = {
  'mistakes.json': {
    text: MISTAKES,
    findings: [
      { at: [3, 16], severity: 'warning', code: 'unknown-key', path: 'endpionts', message: 'endpionts is no key of the service: it does nothing', suggestion: 'endpoints' },
      { at: [5, 29], severity: 'warning', code: 'unknown-namespace', path: 'extra_config["security/bot-detectr"]', message: 'security/bot-detectr is no namespace that the service has: it does nothing', suggestion: 'security/bot-detector', opensDoor: true },
      { at: [6, 25], severity: 'warning', code: 'not-supported', path: 'extra_config["governance/quota"]', message: 'governance/quota is not supported by this version of Cuttle: it does nothing', opensDoor: true },
      { at: [11, 30], severity: 'error', code: 'bad-host', path: 'endpoints[0].backend[0].host[0]', message: 'expected a host such as "http://users.internal:8080" without a path, found "http://a/path"; disable_host_sanitize takes it as it is' },
      { at: [12, 36], severity: 'error', code: 'unknown-parameter', path: 'endpoints[0].backend[0].url_pattern', message: 'expected parameters of the endpoint, which has {id}; found {ib}', suggestion: '{id}' },
      { at: [15, 19], severity: 'error', code: 'endpoint-twice', path: 'endpoints[1].endpoint', message: 'GET /a/{id} is there twice: endpoints[0] has it too' },
      { at: [17, 29], severity: 'warning', code: 'unknown-key', path: 'endpoints[1].backend[0].alow', message: 'alow is no key of a backend: it does nothing', suggestion: 'allow', opensDoor: true },
    ],
    summary: '3 errors, 4 warnings',
  },
  'wrong-types.json': {
    text: WRONG_TYPES,
    findings: [
      wrongType(3, 14, 'timeout', 'expected a duration such as "2s", "500ms" or "1h30m", found "2 seconds"'),
      wrongType(5, 45, 'endpoints[0].concurrent_calls', 'expected a whole number, found "many"'),
      wrongType(5, 71, 'endpoints[0].input_headers[0]', 'expected a text, found an object'),
      wrongType(6, 18, 'endpoints[0].backend[0]', 'expected an object, found "http://a"'),
    ],
    summary: '4 errors',
  },
  'broken.json': {
    text: '{\n  "version": 3,\n  // no comments\n  "name" "x",\n  "endpoints": [1,]\n',
    findings: [
      notJson(3, 3, 'comments are no JSON; use a key such as "@comment"'),
      notJson(4, 10, 'expected a colon'),
      notJson(5, 18, 'JSON has no comma before a closing bracket'),
      notJson(6, 1, 'expected a closing brace }'),
    ],
    summary: '4 errors',
  },
}

function inWords(file: string, { at, severity, code, path: where, message, suggestion, opensDoor }: Found): string {
  const place = where.startsWith('(') ? '' : `${where}: `
  return `${file}:${at.join(':')}: ${severity}: ${place}${message}${suggestion ? ` — did you mean ${suggestion}?` : ''}${opensDoor ? ' (leaves a door open)' : ''} [${code}]`
}

suite('findings', () => {
  for (const [file, { text, findings, summary }] of Object.entries(FOUND)) {
    write(file, text)

    test(`${file}: all at once, in the file's order, without colours where nobody sees them`, async () => {
      const { code, stderr } = await cuttle(['check', '-c', file])
      assert.deepEqual(stderr.trimEnd().split('\n'), [...findings.map((finding) => inWords(file, finding)), summary])
      assert.equal(code, 1)
    })

    test(`${file}: the same as JSON lines, for programs`, async () => {
      const { code, stdout, stderr } = await cuttle(['check', '-c', file, '--json'])
      const told = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { line: number; column: number })
      const expected = findings.map(({ at: [line, column], ...finding }) => ({ ...finding, file, line, column }))
      assert.deepEqual(told.toSorted((a, b) => a.line - b.line || a.column - b.column), expected)
      assert.equal(stderr, '')
      assert.equal(code, 1)
    })
  }
})

test('what would be said many times is said once, with its places; JSON has all of them', async () => {
  const file = write('alike.json', { version: 3, endpoints: Array.from({ length: 20 }, (_, i) => ({ ...endpoint(), endpoint: `/${i}`, timout: '1s' })) })
  const { stderr } = await cuttle(['check', '-c', file])
  const [first, more, ...rest] = stderr.trimEnd().split('\n')
  assert.match(first!, /^alike\.json:1:\d+: warning: endpoints\[0\]\.timout: timout is no key of an endpoint: it does nothing — did you mean timeout\? \[unknown-key\]$/)
  assert.match(more!, /^ {2}and 19 times more: (1:\d+, ){12}…$/)
  assert.deepEqual(rest, ['20 warnings', 'Syntax OK!'])
  assert.equal((await cuttle(['check', '-c', file, '--json'])).stdout.trimEnd().split('\n').length, 20)
})

/** Starts `cuttle run`, in a process group of its own, and waits for the words with which it says that it listens. */
async function start(t: TestContext, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CLI, 'run', ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  t.after(() => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // All of it has ended.
    }
  })
  let told = ''
  // Read to the end: a program whose words nobody takes any more fails.
  await new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text
      if (told.includes(' endpoint')) resolve()
    }).on('close', resolve)
  })
  assert.match(told, /: 1 endpoint on http:\/\/127\.0\.0\.1:\d+ \(\w+\)\n/)
  return child
}

suite('run', () => {
  for (const runtime of ['workerd', 'deno']) {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      test(`${runtime} finishes an open request after ${signal}`, async (t) => {
        const asked = Promise.withResolvers<void>()
        const upstream = http.createServer((_request, reply) => {
          asked.resolve()
          setTimeout(() => reply.end('{"slow":true}'), 700)
        })
        await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
        t.after(() => upstream.close())
        const host = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
        const file = write(`slow-${runtime}-${signal}.json`, { version: 3, listen_ip: '127.0.0.1', endpoints: [{ endpoint: '/slow', timeout: '5s', backend: [{ host: [host], url_pattern: '/' }] }] })
        const port = await freePort()
        const child = await start(t, ['-c', file, '-p', String(port), '--runtime', runtime])
        const ended = once(child, 'exit') as Promise<[number | null]>
        const answer = fetch(`http://127.0.0.1:${port}/slow`, { headers: { connection: 'close' } })
        await asked.promise
        child.kill(signal)
        assert.equal(await (await answer).text(), '{"slow":true}')
        assert.equal((await ended)[0], 0)
        await assert.rejects(fetch(`http://127.0.0.1:${port}/slow`))
      })
    }
  }

  test('says so where the port is in use: 1', async (t) => {
    const other = net.createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    t.after(() => other.close())
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await cuttle(['run', '-c', 'good.json', '-p', String(port)])
    assert.equal(stderr, `error: port ${port} is in use, or may not be used: choose another with -p\n`)
    assert.equal(code, 1)
  })

  test('says so where a listener would have the same port: 1', async () => {
    const file = write('metrics.json', { version: 3, extra_config: { 'telemetry/opentelemetry': { exporters: { prometheus: [{ name: 'p', port: 19_099 }] } } }, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://up.example'], url_pattern: '/' }] }] })
    const { code, stderr } = await cuttle(['run', '-c', file, '-p', '19099'])
    assert.deepEqual([code, stderr], [1, "error: port 19099 is the gateway's: the configuration wants its metrics there\n"])
  })
})
