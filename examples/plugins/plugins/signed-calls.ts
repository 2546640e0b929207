/** plugin/http-client: calls carry a signature of their path, made with a key of the environment. */
import { defineClientPlugin } from 'cuttle/plugins'

export default defineClientPlugin<{ secret: string }>(({ secret }, { binding }) => async (request, next) => {
  const text = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', text.encode(String(binding(secret))), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', key, text.encode(`${request.method} ${new URL(request.url).pathname}`))
  const signed = new Request(request)
  signed.headers.set('X-Signature', btoa(String.fromCharCode(...new Uint8Array(signature))))
  return next(signed)
})
