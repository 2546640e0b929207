/** Go's permanent redirect: a GET is told the way in HTML too, and a HEAD what that would be. */
export function movedPermanently(method: string, location: string, toField: (text: string) => string): Response {
  const headers = { location: toField(location) }
  if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 301, headers })
  const body = `<a href="${location.replace(/[&<>"']/g, escapeHtml)}">Moved Permanently</a>.\n\n`
  return new Response(method === 'GET' ? body : null, { status: 301, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' } })
}

const HTML: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }
const escapeHtml = (character: string): string => HTML[character]!
