/** Reads at most `limit` bytes; rejects with a Failure beyond. The platform has undone gzip. */
export declare function readBody(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>>;
/** Lets go of a body that nobody reads, so that its connection is free. */
export declare function discard(response: Response): void;
