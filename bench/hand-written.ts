/** The Workers one would write by hand for the same jobs. */
type Json = { [key: string]: unknown }

export interface HandWritten {
  fetch(request: Request, info?: unknown): Promise<Response>
}

/** As short as can be: no time limit, nothing told to the upstream, nothing added to the answer. */
export const createBare = (upstream: string): HandWritten => createWorker(
  (_request, path) => fetch(upstream + path),
  (answer) => answer,
  (data) => Response.json(data),
)

/** The same job as the gateway's: a time limit, the forwarding headers, and the headers that its clients are promised. */
export const createSame = (upstream: string): HandWritten => createWorker(
  (request, path, info) =>
    fetch(upstream + path, {
      headers: { 'user-agent': 'gateway/1.0', 'x-forwarded-for': clientOf(request, info), 'x-forwarded-host': new URL(request.url).host },
      signal: AbortSignal.timeout(30_000),
    }),
  (answer) => {
    const response = new Response(answer.body, answer)
    response.headers.set('x-gateway', 'Version 1.0')
    response.headers.set('x-gateway-completed', 'false')
    return response
  },
  (data) => Response.json(data, { headers: { 'content-type': 'application/json; charset=utf-8', 'x-gateway': 'Version 1.0', 'x-gateway-completed': 'true' } }),
)

function clientOf(request: Request, info: unknown): string {
  const address = (request as { cf?: { clientIp?: string } }).cf?.clientIp
  return request.headers.get('x-forwarded-for') ?? address?.replace(/:\d+$/, '') ?? (info as { remoteAddr: { hostname: string } }).remoteAddr.hostname
}

function createWorker(call: (request: Request, path: string, info: unknown) => Promise<Response>, pass: (answer: Response) => Response, reply: (data: Json) => Response): HandWritten {
  return {
    async fetch(request, info) {
      const get = async (path: string): Promise<Json> => (await (await call(request, path, info)).json()) as Json
      switch (new URL(request.url).pathname) {
        case '/pass/1k':
          return pass(await call(request, '/1k', info))
        case '/pass/100k':
          return pass(await call(request, '/100k', info))
        case '/json/1k':
          return reply(await get('/1k'))
        case '/merge': {
          const [a, b, c] = await Promise.all([get('/a'), get('/b'), get('/c')])
          return reply({ a, b: { id: b.id, items: b.items }, c })
        }
        case '/less/100k': {
          const data = await get('/100k')
          delete data.internal
          return reply(data)
        }
        default:
          return new Response('not found', { status: 404 })
      }
    },
  }
}
