/** What a node tells those that run it, on a port of its own: is it alive, may it be sent requests, what has it counted. */
import http from 'node:http'

export interface Admin {
  stop(): Promise<void>
}
export interface NodeState {
  /** False from the signal to stop on: load balancers send new requests elsewhere while open ones are finished. */
  ready(): boolean
  /** Prometheus' text, or null where the configuration counts nothing. */
  metrics(): Promise<string> | null
}

/** `/live`, `/ready` and `/metrics`. */
export async function startAdmin(address: string, port: number, state: NodeState): Promise<Admin> {
  const answer = async (path: string, response: http.ServerResponse): Promise<void> => {
    const metrics = path === '/metrics' ? state.metrics() : null
    if (path === '/live') response.writeHead(200).end('live\n')
    else if (path === '/ready') response.writeHead(state.ready() ? 200 : 503).end(state.ready() ? 'ready\n' : 'stopping\n')
    else if (metrics) response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(await metrics)
    else response.writeHead(404).end()
  }
  const server = http.createServer((request, response) => {
    answer(request.url?.split('?')[0] ?? '', response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve))
  return {
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}
