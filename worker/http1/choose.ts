import type { CallInit, Fetch } from '../types.ts'
import { OwnResponse } from './answer.ts'

/** Bodies of this size cost both about the same (bench/NOTES.md). */
const SMALL_BYTES = 16 * 1024

/**
 * Our own client sends exactly what it should and costs half of what Deno's fetch does; but fetch passes a large body on without
 * JavaScript, for two thirds of the cost at 100 KB. So what goes through untouched goes by fetch once a backend's answers are known to be large.
 */
export function chooseBySize(client: Fetch, fetch: Fetch): Fetch {
  const large = new WeakSet()
  const coding = new WeakSet()
  const passOn = async (url: string, init: CallInit, backend: object): Promise<Response> => {
    const byFetch = large.has(backend) && !coding.has(backend)
    // Else fetch would ask for gzip and br, which our client does not.
    if (byFetch) init.headers['accept-encoding'] = 'identity'
    let response = byFetch ? toOwn(await fetch(url, init), url) : await client(url, init)
    // Deno's fetch undoes codings that KrakenD passes on, and says nothing of it. Who codes unasked is asked twice once, and no more.
    if (byFetch && response.headers.has('content-encoding')) {
      coding.add(backend)
      await response.body?.cancel()
      delete init.headers['accept-encoding']
      response = await client(url, init)
    }
    const { headers } = response
    if (Number(headers.get('content-length')) > SMALL_BYTES && !headers.has('content-encoding')) large.add(backend)
    else large.delete(backend)
    return response
  }
  return (url, init) => (init.backend && isUntouched(init) && isPlain(url) ? passOn(url, init, init.backend) : client(url, init))
}

const toOwn = (response: Response, url: string): Response => new OwnResponse(response.body, response, url)

const isUntouched = ({ method, body, buffer, gzip, lazy }: CallInit): boolean => buffer === null && !lazy && body === null && method === 'GET' && gzip
/** An address that fetch sends as it is written: others it escapes. */
const isPlain = (url: string): boolean => /^[^"'<>`{}|\\^\x00-\x20\x7f-\uffff]*$/.test(url)
