/** The shop's services: each is a Worker of one file, and one workerd serves them all, a port each. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { COMPATIBILITY_DATE } from '../compiler/emit/workerd.ts'

/** In the order of their ports. */
export const SERVICES = ['catalog', 'prices', 'stock', 'reviews', 'suggestions', 'orders', 'files'] as const
/** The first one's port, as config/gateway.json has it. */
export const FIRST_PORT = 8081

const FOLDER = fileURLToPath(new URL('services', import.meta.url))

/** Bundles the services into `out`, and gives the configuration that serves them. */
export async function buildServices(out: string, firstPort: number): Promise<string> {
  await build({
    entryPoints: SERVICES.map((name) => path.join(FOLDER, `${name}.ts`)),
    outdir: out,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    logLevel: 'warning',
  })
  return emitCapnp(firstPort)
}

/** Only this machine may ask them: the gateway is the way in. */
function emitCapnp(firstPort: number): string {
  const workers = SERVICES.map((name) => `(name = "${name}", worker = (modules = [(name = "${name}.js", esModule = embed "${name}.js")], compatibilityDate = "${COMPATIBILITY_DATE}"))`)
  const sockets = SERVICES.map((name, i) => `(name = "${name}", address = "127.0.0.1:${firstPort + i}", http = (), service = "${name}")`)
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ${workers.join(',\n    ')},
  ],
  sockets = [
    ${sockets.join(',\n    ')},
  ],
);
`
}
