/** Request bodies that several backends are sent. */
import { readBody } from '../backend/read.js';
/** The request with its body in memory, if it has to be. Rejects with a Failure where it is too large. */
export async function bufferBody(request, bytes) {
    if (!(request.body instanceof ReadableStream))
        return request;
    return { ...request, body: await readBody(new Response(request.body), bytes) };
}
