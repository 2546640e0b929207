/** Hosts that a test lets die: processes of their own, which answer, are killed, or no longer take connections. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import net from 'node:net'
import { once } from 'node:events'

export interface Host {
  url: string
  port: number
  /** SIGKILL: connections to it are refused from now on. */
  kill(): Promise<void>
  /** Packets go nowhere: who connects hears nothing at all, and neither do those who are connected. */
  swallow(): Promise<void>
  stop(): Promise<void>
}

/** A queue that is soon full, and long enough for who connects while it serves. */
const PROGRAM = `
const server = require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.setHeader('content-type', process.env.TYPE).end(process.env.BODY))
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 64 }, () => console.log(server.address().port))`

export async function startHost(body: string, type = 'application/json'): Promise<Host> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { env: { ...process.env, BODY: body, TYPE: type }, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(line)
  assert.ok(port > 0)
  const fillers: net.Socket[] = []
  const kill = async (): Promise<void> => {
    for (const filler of fillers) filler.destroy()
    await end(child)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    kill,
    async swallow() {
      child.kill('SIGSTOP')
      // The kernel takes connections for it until the queue is full, and then drops what comes.
      for (let taken = true; taken; ) {
        const filler = net.connect(port, '127.0.0.1').on('error', () => undefined)
        fillers.push(filler)
        taken = await Promise.race([once(filler, 'connect').then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 200))])
      }
    },
    stop: kill,
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
