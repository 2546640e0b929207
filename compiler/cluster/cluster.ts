/** Several nodes of one artifact behind a balancer, on one machine. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../diagnostics.ts'
import type { Balancer } from './balancer.ts'
import { type Artifact, askMetrics, type Node, type Slot, startNode, usageOf } from './nodes.ts'
import { countsOf, type Row } from './table.ts'

export interface Cluster {
  /** Starts a node in the first free slot. Gives its number. */
  add(): Promise<number>
  /** SIGKILL: nobody is told. */
  kill(number: number): void
  /** The balancer sends nothing more, what is open is answered, then it ends. */
  stop(number: number): Promise<void>
  /** A new node takes the place of an old one. Gives its number. */
  replace(number: number): Promise<number>
  rows(): Promise<Row[]>
  /** What nodes that are gone had counted when they were last asked, and those that serve. */
  total(): Promise<number>
  end(): Promise<void>
}

/** Slots of the balancer: as many nodes as may stand at once. */
export const MAX_NODES = 16
/** The balancer's last requests are on their way while it learns that no more should be. */
const DRAIN_MS = 300

interface Seen {
  requests: number
  cpu: number
  at: number
}

/** `build` writes the artifact of the configuration as it stands into a folder. */
export function createCluster(slots: readonly Slot[], balancer: Balancer | null, folder: string, build: (folder: string) => Promise<Artifact>): Cluster {
  const nodes = new Map<number, Node>()
  const states = new Map<number, Row['state']>()
  const seen = new Map<number, Seen>()
  let gone = 0
  let builds = 0
  let artifact: Artifact | null = null
  const renew = async (): Promise<Artifact> => {
    const own = path.join(folder, `build-${++builds}`)
    mkdirSync(own)
    return (artifact = await build(own))
  }
  const start = async (from: Artifact): Promise<number> => {
    // Fresh ones first, so that a dead node stays in sight, and so do its counts.
    const slot = slots.find(({ number }) => !nodes.has(number)) ?? slots.find(({ number }) => nodes.get(number)!.ended)
    if (!slot) throw new UserError(`a cluster on one machine has at most ${MAX_NODES} nodes`)
    states.set(slot.number, 'starts')
    seen.delete(slot.number)
    const node = await startNode(from, slot)
    if (!node) throw new UserError(`node ${slot.number} does not start`)
    nodes.set(slot.number, node)
    await balancer?.set(slot, 'ready')
    states.set(slot.number, 'serves')
    void node.started.ended.finally(() => {
      if (nodes.get(slot.number) === node) states.set(slot.number, 'is dead')
    })
    return slot.number
  }
  const find = (number: number): Node => {
    const node = nodes.get(number)
    if (!node || node.ended) throw new UserError(`there is no node ${number}`)
    return node
  }
  const stop = async (number: number): Promise<void> => {
    const node = find(number)
    states.set(number, 'stops')
    await balancer?.set(node, 'drain')
    await sleep(DRAIN_MS)
    gone += countsOf((await askMetrics(node)) ?? []).requests
    node.started.child.kill('SIGTERM')
    await node.started.ended
    nodes.delete(number)
    states.delete(number)
    await balancer?.set(node, 'maint')
  }
  const rowOf = async ([number, node]: [number, Node]): Promise<Row> => {
    const samples = node.ended ? null : await askMetrics(node)
    const { requests, errors, p50, p99 } = samples ? countsOf(samples) : { requests: seen.get(number)?.requests ?? 0, errors: 0, p50: null, p99: null }
    const usage = node.ended ? null : usageOf(node)
    const now: Seen = { requests, cpu: usage?.cpu ?? 0, at: performance.now() }
    const before = seen.get(number)
    if (samples) seen.set(number, now)
    const seconds = before && samples ? (now.at - before.at) / 1000 : 0
    const more = before ? requests - before.requests : 0
    const cpu = seconds && usage ? now.cpu - before!.cpu : null
    return {
      name: `node ${number}`, state: states.get(number) ?? 'is dead', port: node.port, pid: node.started.child.pid, requests, errors, p50, p99,
      perSecond: seconds ? more / seconds : 0,
      cpu: cpu === null ? null : cpu / seconds,
      cost: cpu === null || more < 100 ? null : (cpu * 1e6) / more,
      memory: usage?.memory ?? null,
    }
  }
  return {
    add: async () => start(artifact ?? (await renew())),
    kill(number) {
      const node = find(number)
      node.ended = true
      states.set(number, 'is dead')
      node.started.child.kill('SIGKILL')
    },
    stop,
    async replace(number) {
      find(number)
      const added = await start(await renew())
      await stop(number)
      return added
    },
    rows: () => Promise.all([...nodes].toSorted(([a], [b]) => a - b).map(rowOf)),
    async total() {
      const rows = await Promise.all([...nodes].map(rowOf))
      return rows.reduce((sum, { requests }) => sum + requests, gone)
    },
    async end() {
      const running = [...nodes.values()].filter(({ ended }) => !ended)
      for (const { started } of running) started.child.kill('SIGTERM')
      await Promise.all(running.map(({ started }) => started.ended))
      balancer?.started.child.kill('SIGTERM')
      await balancer?.started.ended
    },
  }
}
