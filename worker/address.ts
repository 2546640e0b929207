/** IP addresses as Go's net.ParseIP reads them: ports, zones and leading zeros make one invalid. */

const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
/** One side of `::`, or all. */
const GROUPS = /^(?:[\da-f]{1,4}(?::(?!$)|$))*$/i

export const isAddress = (text: string): boolean => V4.test(text) || halvesOf(text) !== null

/** The groups of IPv6 before and behind `::`, one list where there is none; null for what is no address. IPv4's form may stand at its end. */
function halvesOf(text: string): string[][] | null {
  const hex = text.replace(/(?<=:)[\d.]+$/, (end) => (V4.test(end) ? hexGroups(end) : end))
  const halves = hex.split('::')
  if (halves.length > 2 || !halves.every((half) => GROUPS.test(half))) return null
  const groups = halves.map((half) => half.split(':').filter(Boolean))
  const count = groups.flat().length
  return (halves.length === 1 ? count === 8 : count < 8) ? groups : null
}

function hexGroups(v4: string): string {
  const [a, b, c, d] = v4.split('.').map(Number) as [number, number, number, number]
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

/** An address as a text of bits behind a mark of its family, `4` or `6`; null for what is none. IPv4 mapped to IPv6 counts as IPv4. */
export function addressBits(text: string): string | null {
  if (V4.test(text)) return `4${toBits(text.split('.').map(Number), 8)}`
  const halves = halvesOf(text)
  if (!halves) return null
  const [head, tail = []] = halves as [string[], string[]?]
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail].map((group) => Number.parseInt(group, 16))
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return mapped ? `4${toBits(groups.slice(6), 16)}` : `6${toBits(groups, 16)}`
}

const toBits = (numbers: readonly number[], width: number): string => numbers.map((n) => n.toString(2).padStart(width, '0')).join('')

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
