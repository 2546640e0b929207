/** What `slice` of the next HandedOver makes: the bytes that it shows. */
let shown: Uint8Array<ArrayBuffer> | null = null

function makeSame(from: number | ArrayBuffer, offset?: number, length?: number): Uint8Array<ArrayBuffer> {
  const bytes = shown
  shown = null
  if (from === bytes?.length) return bytes
  return typeof from === 'number' ? new Uint8Array(from) : new Uint8Array(from, offset, length)
}

class HandedOver extends Uint8Array<ArrayBuffer> {
  static get [Symbol.species](): typeof makeSame {
    return makeSame
  }
}

/**
 * Bytes for a Response that keeps these very bytes. Deno's copies what it is given by `slice`, and `slice` asks the class what to copy into: 100 KB
 * less for the collector at each large answer (bench/NOTES.md). Were it to copy in another way, it would copy. Nobody may change them afterwards.
 */
export function handOver(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  shown = bytes
  return new HandedOver(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** A Response that our client has made: unlike fetch's, its headers can be changed. */
export class OwnResponse extends Response {
  readonly #url: string

  /** Bytes belong to the response from now on. */
  constructor(body: BodyInit | null, init: ResponseInit, url: string) {
    super(body instanceof Uint8Array ? handOver(body as Uint8Array<ArrayBuffer>) : body, init)
    this.#url = url
  }

  override get url(): string {
    return this.#url
  }
}

/**
 * A Response whose body has come whole and which one reader takes as it is. Deno's own copies the bytes that it is given: 100 KB more
 * for the collector at each request (bench/NOTES.md). Whoever wants another form of the body gets it from a Response of the platform.
 */
export class WholeResponse extends OwnResponse {
  #bytes: Uint8Array<ArrayBuffer> | null
  #other: Response | null = null

  /** The bytes fill their buffer, and belong to the response from now on. */
  constructor(bytes: Uint8Array<ArrayBuffer>, init: ResponseInit, url: string) {
    super(null, init, url)
    this.#bytes = bytes
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = this.#bytes
    if (!bytes) return this.#form().arrayBuffer()
    this.#bytes = null
    return Promise.resolve(bytes.buffer)
  }

  override get body(): Response['body'] {
    return this.#form().body
  }
  override get bodyUsed(): boolean {
    return this.#other ? this.#other.bodyUsed : !this.#bytes
  }
  override text(): Promise<string> {
    return this.#form().text()
  }
  override json(): Promise<unknown> {
    return this.#form().json()
  }
  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#form().bytes()
  }
  override blob(): Promise<Blob> {
    return this.#form().blob()
  }
  override formData(): Promise<FormData> {
    return this.#form().formData()
  }
  override clone(): Response {
    return new Response(this.#form().clone().body, this)
  }

  #form(): Response {
    if (this.#other) return this.#other
    const bytes = this.#bytes
    this.#bytes = null
    // What has been read can't be read again: neither can this one.
    this.#other = new Response(bytes ? handOver(bytes) : new Uint8Array())
    if (!bytes) void this.#other.arrayBuffer()
    return this.#other
  }
}
