/** A body that is written down while it is read. */

/** The same answer with other headers; `done` is given its body once that has been read to the end, if it is not larger than `most`. */
export function record(response: Response, headers: Headers, most: number, done: (body: Uint8Array<ArrayBuffer> | null) => void): Response {
  const { status, body } = response
  if (!body) {
    done(null)
    return new Response(null, { status, headers })
  }
  let pieces: Uint8Array[] | null = []
  let size = 0
  const recorder = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      size += piece.length
      if (size > most) pieces = null
      pieces?.push(piece)
      controller.enqueue(piece)
    },
    flush() {
      if (pieces) done(concat(pieces, size))
    },
  })
  // The platform has undone gzip where it would say so.
  if (headers.get('content-encoding')?.toLowerCase() === 'gzip') {
    headers.delete('content-encoding')
    headers.delete('content-length')
  }
  return new Response(body.pipeThrough(recorder), { status, headers })
}

function concat(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
