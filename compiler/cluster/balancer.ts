/** HAProxy before the nodes, with the configuration that a built folder has too. Its slots are there from the start; nodes come and go. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { haproxy } from '../emit/hosting.ts'
import { listens, start, type Started } from '../runtimes.ts'
import type { Slot } from './nodes.ts'

export interface Balancer {
  started: Started
  /** New requests go to it; or none do. */
  set(node: Slot, state: 'ready' | 'drain' | 'maint'): Promise<void>
}

export const hasHaproxy = (): boolean => spawnSync('haproxy', ['-v'], { stdio: 'ignore' }).status === 0

/** null: it could not be started. */
export async function startBalancer(folder: string, port: number, health: string | null, slots: readonly Slot[]): Promise<Balancer | null> {
  const stats = path.join(folder, 'haproxy.sock')
  const file = path.join(folder, 'haproxy.cfg')
  const text = haproxy({ port, health, stats, resolver: null, nodes: slots.map((slot) => ({ name: nameOf(slot), address: `127.0.0.1:${slot.port}` })) })
  // Each slot waits in maintenance until a node stands in it.
  writeFileSync(file, text.replace(/^( {2}server .*)$/gm, '$1 disabled'))
  const started = start('haproxy', ['-db', '-q', '-f', file])
  if (!(await listens('127.0.0.1', port, started))) return null
  return {
    started,
    async set(node, state) {
      const server = `nodes/${nameOf(node)}`
      await command(stats, `set server ${server} state ${state}`)
      // Started a moment ago and found to serve: it need not prove itself once more.
      if (state === 'ready') await command(stats, `set server ${server} health up`)
    },
  }
}

const nameOf = ({ number }: Slot): string => `node${number}`

function command(socketFile: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketFile, () => socket.end(`${line}\n`))
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    socket.on('error', reject).on('close', () => (answer.trim() ? reject(new Error(`haproxy: ${answer.trim()}`)) : resolve(answer)))
  })
}
