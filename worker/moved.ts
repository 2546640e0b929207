/** Go's permanent redirect: a GET is told the way in HTML too. */
export function movedPermanently(method: string, location: string): Response {
  if (method !== 'GET') return new Response(null, { status: 301, headers: { location } })
  const body = `<a href="${location.replace(/[&<>"']/g, escapeHtml)}">Moved Permanently</a>.\n\n`
  return new Response(body, { status: 301, headers: { location, 'content-type': 'text/html; charset=utf-8' } })
}

const HTML: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }
const escapeHtml = (character: string): string => HTML[character]!
