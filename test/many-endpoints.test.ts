/** 10,000 endpoints: how long until something listens. The best of a few tries counts, since other tests run beside this one. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { workerdPath } from '../compiler/runtimes.ts'
import { freePort } from './free-port.ts'

const CLI = path.join(import.meta.dirname, '..', 'compiler', 'cli.ts')
const folder = mkdtempSync(path.join(tmpdir(), 'cuttle-many-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const config = path.join(folder, 'krakend.json')
const endpoints = Array.from({ length: 10_000 }, (_, i) => ({ endpoint: `/service${i % 100}/resource${i}/{id}`, backend: [{ host: ['http://a.internal'], url_pattern: `/r${i}/{id}`, deny: ['secret'] }] }))
writeFileSync(config, JSON.stringify({ version: 3, endpoints }))

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(socket.destroy() !== undefined))
    socket.on('error', () => resolve(false))
  })

/** Milliseconds from the start of a program until its port can be connected to. */
async function timeToListen(program: string, args: readonly string[], port: number): Promise<number> {
  const began = performance.now()
  const child: ChildProcess = spawn(program, args, { stdio: 'ignore' })
  const ended = once(child, 'exit')
  try {
    while (!(await connects(port))) {
      assert.equal(child.exitCode, null, 'it ended without having listened')
      await sleep(5)
    }
    return performance.now() - began
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

async function best(limit: number, measure: () => Promise<number>): Promise<void> {
  const taken: number[] = []
  while (taken.length < 5 && !(taken.at(-1)! <= limit)) taken.push(await measure())
  assert.ok(taken.at(-1)! <= limit, `${taken.map(Math.round).join(', ')} ms, and ${limit} allowed`)
}

test('`cuttle run` listens within 3 s of being started', () =>
  best(3000, async () => {
    const port = await freePort()
    return timeToListen(process.execPath, [CLI, 'run', '-c', config, '-p', String(port)], port)
  }))

test('the built folder listens within 0.4 s', async () => {
  const out = path.join(folder, 'out')
  execFileSync(process.execPath, [CLI, 'build', '-c', config, '--target', 'workerd', '-o', out], { stdio: 'ignore' })
  await best(400, async () => {
    const port = await freePort()
    return timeToListen(workerdPath(), ['serve', path.join(out, 'config.capnp'), '-s', `http=127.0.0.1:${port}`], port)
  })
})
