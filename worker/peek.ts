/** The beginning of a body, and the whole of it again as a stream. */
export interface Peeked {
  first: Uint8Array<ArrayBuffer>
  body: ReadableStream<Uint8Array<ArrayBuffer>>
}

/** Waits for the first bytes; null where the body ends without any. Rejects where it breaks before. */
export async function peek(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Peeked | null> {
  const reader = body.getReader()
  let piece = await reader.read()
  while (!piece.done && !piece.value.length) piece = await reader.read()
  reader.releaseLock()
  if (piece.done) return null
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>()
  void passOn(piece.value, body, writable).catch(() => undefined)
  return { first: piece.value, body: readable }
}

async function passOn(first: Uint8Array<ArrayBuffer>, rest: ReadableStream<Uint8Array<ArrayBuffer>>, to: WritableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const writer = to.getWriter()
  await writer.write(first)
  writer.releaseLock()
  await rest.pipeTo(to)
}
