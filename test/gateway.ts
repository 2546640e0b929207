/** A configuration as a function, without a runtime around it: tests hand in the platform. */
import { pathToFileURL } from 'node:url'
import { compile } from '../compiler/compile.ts'
import { emitGateway } from '../compiler/emit/module.ts'
import { readJson } from '../compiler/load/source.ts'
import type { Plan } from '../compiler/plan.ts'
import { features } from '../features/index.ts'
import { createStarted, type Started } from '../worker/gateway.ts'
import { startAbandoning } from '../worker/deadline.ts'
import { bytesField, ownResponse, respond } from '../worker/platform/web.ts'
import type { Platform, Program, Uses } from '../worker/types.ts'

export const importGateway = async (plan: Plan, createPlatform: () => Platform): Promise<Started> => createStarted({ ...(await importProgram(plan)), createPlatform })

/** The emitted module, with the package's own names resolved: the text is imported without a file. */
export async function importProgram(plan: Plan): Promise<{ program: Program; uses: Uses }> {
  const resolved = emitGateway(plan, 'workerd').replace(/ from '(cuttle\/[^']+)'/g, (_, name: string) => ` from ${JSON.stringify(import.meta.resolve(name))}`)
  const found = resolved.replace(/ from "(\/[^"]+)"/g, (_, file: string) => ` from ${JSON.stringify(pathToFileURL(file))}`)
  return (await import(`data:text/javascript,${encodeURIComponent(found)}`)) as { program: Program; uses: Uses }
}

export interface TestGateway {
  /** Asks by a path. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Work that may outlive its answer. */
  pending: Promise<unknown>[]
  logs: string[]
}

/** A platform like Cloudflare's, but for what a test says. */
export async function createGateway(config: object, platform: Partial<Platform>): Promise<TestGateway> {
  const { plan, secrets } = compile(readJson('gateway.json', JSON.stringify(config)), features)
  const pending: Promise<unknown>[] = []
  const logs: string[] = []
  const createPlatform = (): Platform => ({
    name: 'test',
    fetch: (url) => Promise.reject(new Error(`nothing answers at ${url}`)),
    startDeadline: startAbandoning,
    connections: Number.POSITIVE_INFINITY,
    resolveSrv: null,
    toField: bytesField,
    respond,
    own: ownResponse,
    now: Date.now,
    startedAt: Date.now(),
    openCache: null,
    binding: (name) => secrets[name],
    peer: () => '192.0.2.1',
    whenSent: null,
    namesClient: false,
    log: (_level, message) => logs.push(message),
    atStop: () => undefined,
    ...platform,
  })
  const { fetch: gateway } = await importGateway(plan, createPlatform)
  const waitUntil = (work: Promise<unknown>): void => void pending.push(work)
  return { fetch: (path, init) => gateway(new Request(`http://gateway.test${path}`, init), {}, { waitUntil }), pending, logs }
}
