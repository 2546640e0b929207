/** The Content-Type that Go gives a body which has none (net/http's DetectContentType, of the WHATWG's MIME Sniffing). */
/** Looks at the body's beginning and sets the type; an empty body gets none. The body, to be read from its start. */
export declare function sniff(body: ReadableStream<Uint8Array<ArrayBuffer>>, headers: Headers): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
