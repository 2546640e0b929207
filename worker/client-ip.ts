/** Who is calling: gin's ClientIP (routing/RULES.md §6). */
import type { ClientIpOptions } from './types.ts'

type ClientIp = (headers: Headers, peer: () => string) => string

export function clientIp(options: ClientIpOptions): ClientIp {
  const { unchecked } = options
  const checked = options.headers.length ? fromProxies(options) : (_headers: Headers, peer: () => string) => peer()
  return unchecked === undefined ? checked : (headers, peer) => headers.get(unchecked) || checked(headers, peer)
}

/** Reads the client's address from what proxies say, for a peer that is trusted; otherwise it is the peer. */
function fromProxies(options: ClientIpOptions): ClientIp {
  const { trusted } = options
  const isTrusted = trusted ? createBlockTest(trusted) : () => true
  const fromHeaders = (headers: Headers): string | null => {
    for (const name of options.headers) {
      const value = headers.get(name)
      const client = value ? fromHeader(value, isTrusted) : null
      if (client !== null) return client
    }
    return null
  }
  // Asking for the peer costs more than reading headers; where all are trusted it is only needed if those say nothing.
  if (trusted === null) return (headers, peer) => fromHeaders(headers) ?? peer()
  return (headers, peer) => {
    const address = peer()
    const bits = addressBits(address)
    return bits !== null && !isTrusted(bits) ? address : (fromHeaders(headers) ?? address)
  }
}

/** From the right: the first address that is not trusted, or the leftmost. null where an item is no address. */
function fromHeader(value: string, isTrusted: (bits: string) => boolean): string | null {
  const items = value.split(',')
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i]!.trim()
    const bits = addressBits(item)
    if (bits === null) return null
    if (i === 0 || !isTrusted(bits)) return item
  }
  return null
}

/** Whether an address, as bits, lies in one of some blocks. */
export function createBlockTest(blocks: readonly string[]): (bits: string) => boolean {
  const prefixes = blocks.map(parseBlock)
  return (bits) => prefixes.some((prefix) => bits.startsWith(prefix))
}

/** `10.0.0.0/8` → its first eight bits, with the family's mark before them. */
function parseBlock(block: string): string {
  const [address, length] = block.split('/') as [string, string]
  return addressBits(address)!.slice(0, Number(length) + 1)
}

/**
 * An address as a text of bits behind a mark of its family, `4` or `6`; null for what is none. IPv4 mapped to IPv6 counts as IPv4.
 * Ports, zones and leading zeros make it invalid, as in Go's net.ParseIP.
 */
export function addressBits(text: string): string | null {
  if (!text.includes(':')) {
    const bytes = parseV4(text)
    return bytes && `4${toBits(bytes, 8)}`
  }
  const groups = parseV6(text)
  if (!groups) return null
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return mapped ? `4${toBits(groups.slice(6), 16)}` : `6${toBits(groups, 16)}`
}

const toBits = (numbers: readonly number[], width: number): string => numbers.map((n) => n.toString(2).padStart(width, '0')).join('')

function parseV4(text: string): number[] | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null
  return parts.map(Number)
}

function parseV6(text: string): number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head, tail] = halves.map((half, i) => parseGroups(half, i === halves.length - 1))
  if (!head || tail === null) return null
  if (tail === undefined) return head.length === 8 ? head : null
  const gap = 8 - head.length - tail.length
  return gap > 0 ? [...head, ...Array<number>(gap).fill(0), ...tail] : null
}

/** IPv4's form may stand at the address's end. */
function parseGroups(text: string, atEnd: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    const v4 = atEnd && i === parts.length - 1 && part.includes('.') ? parseV4(part) : null
    if (v4) groups.push(v4[0]! * 256 + v4[1]!, v4[2]! * 256 + v4[3]!)
    else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}
