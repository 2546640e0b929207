import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, suite, test } from 'node:test'

const CLI = path.join(import.meta.dirname, 'cli.ts')
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-terminal-'))
after(() => rmSync(folder, { recursive: true, force: true }))
writeFileSync(path.join(folder, 'refused.json'), JSON.stringify({ version: 3, endpoints: Array.from({ length: 50 }, () => ({ endpoint: 'a' })) }))
writeFileSync(path.join(folder, 'good.json'), JSON.stringify({ version: 3, endpoints: [{ endpoint: '/a', backend: [{ host: ['http://a.internal'], url_pattern: '/' }] }] }))

suite('nobody reads standard output any more, as behind `| head -1`: the command ends as it would have', () => {
  for (const [args, expected] of [['check -c refused.json --json', 1], ['plan -c good.json', 0], ['help', 0], ['version', 0]] as const) {
    test(args, async () => {
      const child = spawn(process.execPath, [CLI, ...args.split(' ')], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
      child.stdout.destroy()
      let stderr = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      const [code] = (await once(child, 'close')) as [number]
      assert.doesNotMatch(stderr, /EPIPE|\n {4}at /)
      assert.equal(code, expected, stderr)
    })
  }
})
