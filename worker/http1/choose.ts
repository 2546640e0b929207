import type { CallInit, Fetch } from '../types.ts'

/** Bodies of this size cost both the same (bench/NOTES.md). */
const SMALL_BYTES = 16 * 1024

/**
 * Our own client costs half of what Deno's fetch does, and its request is exactly what it should be; but fetch passes a large body on
 * without JavaScript, for half the cost at 100 KB. So what goes through untouched goes by fetch, unless the backend's last answer was small.
 */
export function chooseBySize(client: Fetch, fetch: Fetch): Fetch {
  const small = new WeakSet()
  const passOn = async (url: string, init: CallInit, backend: object): Promise<Response> => {
    const response = await (small.has(backend) ? client(url, init) : fetch(url, init))
    const length = response.headers.get('content-length')
    if (length !== null && Number(length) <= SMALL_BYTES) small.add(backend)
    else small.delete(backend)
    return response
  }
  return (url, init) => (isUntouched(init) && init.backend ? passOn(url, init, init.backend) : client(url, init))
}

const isUntouched = ({ method, body, buffer, gzip, lazy }: CallInit): boolean => buffer === null && !lazy && body === null && method === 'GET' && gzip
