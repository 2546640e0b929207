import type { SrvRecord } from '../types.ts'

const SRV = 33
const TIMEOUT_MS = 5000

/** DNS over HTTPS, in the JSON form that public resolvers speak (RFC 8427's data, Google's and Cloudflare's spelling). */
export async function resolveOverHttps(name: string, resolver: string): Promise<SrvRecord[]> {
  const url = new URL(resolver)
  url.searchParams.set('name', name)
  url.searchParams.set('type', 'SRV')
  const response = await fetch(url, { headers: { accept: 'application/dns-json' }, signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!response.ok) throw new Error(`${resolver} answered ${response.status}`)
  const { Answer: answers = [] } = (await response.json()) as { Answer?: { type: number; data: string }[] }
  const records = answers.filter(({ type }) => type === SRV).map(({ data }) => data.split(' '))
  if (!records.length) throw new Error('no such records')
  return records.map(([priority, weight, port, target]) => ({ priority: Number(priority), weight: Number(weight), port: Number(port), target: target! }))
}
