/** Files with their types, and an ETag, so that a client need not load them twice. */
import { AutoRouter, error, type IRequest } from 'itty-router'

const FILES = new Map([
  ['lamp.svg', {
    type: 'image/svg+xml',
    text: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" fill="none" stroke="#333" stroke-width="3">
  <path d="M18 30 26 8h12l8 22z" fill="#fc6"/>
  <path d="M32 30v24M20 56h24"/>
</svg>
`,
  }],
  ['prices.csv', { type: 'text/csv; charset=utf-8', text: 'product,amount,currency\nlamp,39.90,EUR\nlantern,12.00,EUR\nchair,120.00,EUR\ndesk,349.50,EUR\n' }],
])

async function file({ params: { name = '' }, headers }: IRequest): Promise<Response> {
  const found = FILES.get(name)
  if (!found) return error(404, 'no such file')
  const body = new TextEncoder().encode(found.text)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
  const etag = `"${hash.toHex().slice(0, 16)}"`
  if (headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers: { etag } })
  return new Response(body, { headers: { 'content-type': found.type, 'cache-control': 'public, max-age=3600', etag } })
}

const router = AutoRouter()
router.get('/files/:name', file)

export default { fetch: router.fetch }
