/** Nodes of a cluster on one machine: copies of one artifact, each a process on ports of its own that knows of no other. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { portName, STARTED_AT } from '../emit/workerd.ts'
import { parseSamples, type Sample } from '../prometheus.ts'
import { denoPath, listens, type Runtime, start, type Started, workerdPath } from '../runtimes.ts'

export interface Slot {
  /** From 1. */
  number: number
  port: number
  metricsPort: number
}
export interface Node extends Slot {
  started: Started
  /** Killed, or asked to stop. */
  ended: boolean
}

/** A folder as `cuttle build` writes it, and what its processes are told. */
export interface Artifact {
  runtime: Runtime
  folder: string
  env: { readonly [name: string]: string }
  /** Names of its listeners: nodes on one machine can't all have the ports that the configuration gives them. */
  listeners: readonly string[]
}

/** The name of the listener that tells a node's counts. */
export const METRICS = 'metrics'

/** Starts a node; resolves when it serves, to null where it ended instead. */
export async function startNode({ runtime, folder, env, listeners }: Artifact, slot: Slot): Promise<Node | null> {
  const own = { ...env, [STARTED_AT]: String(Date.now()) }
  const ports = listeners.map((name) => [name, `127.0.0.1:${name === METRICS ? slot.metricsPort : 0}`] as const)
  const started =
    runtime === 'workerd'
      ? start(workerdPath(), ['serve', path.join(folder, 'config.capnp'), ...[['http', `127.0.0.1:${slot.port}`], ...ports].flatMap(([name, address]) => ['-s', `${name}=${address}`])], own)
      : start(denoPath(), ['run', '--no-config', '--no-prompt', '--allow-net', '--allow-env', path.join(folder, 'gateway.js')], { ...own, PORT: String(slot.port), ...Object.fromEntries(ports.map(([name, address]) => [portName(name), address])) })
  const node: Node = { ...slot, started, ended: false }
  void started.ended.finally(() => (node.ended = true))
  return (await listens('127.0.0.1', slot.port, started)) ? node : null
}

/** What it has counted since it was started; null where it can't be asked. */
export async function askMetrics({ metricsPort }: Slot): Promise<Sample[] | null> {
  try {
    const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { signal: AbortSignal.timeout(1000) })
    return parseSamples(await response.text())
  } catch {
    return null
  }
}

const TICKS_PER_SECOND = 100

/** Seconds of CPU that a process has used, and its memory in bytes; null where the system does not tell. */
export function usageOf({ started: { child } }: Node): { cpu: number; memory: number } | null {
  try {
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, memory: Number(fields[21]) * 4096 }
  } catch {
    return null
  }
}
