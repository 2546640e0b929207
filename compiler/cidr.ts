/** Address blocks: `10.0.0.0/8`, or one address. */
import { isIP } from 'node:net'
import type { Path, Report } from './diagnostics.ts'

export function isBlock(block: string): boolean {
  const [address, length, ...rest] = block.split('/')
  const bits = isIP(address!) === 4 ? 32 : isIP(address!) === 6 ? 128 : -1
  return rest.length === 0 && bits > 0 && (length === undefined || (/^\d+$/.test(length) && Number(length) <= bits))
}

export const withLength = (block: string): string => (block.includes('/') ? block : `${block}/${isIP(block) === 4 ? 32 : 128}`)

/** What is no block is passed over. */
export function cidrBlocks(written: readonly string[], at: Path, report: Report): string[] {
  return written.flatMap((block, i) => {
    if (isBlock(block)) return [withLength(block)]
    report.warn([...at, i], 'bad-address', `expected an IP address or a CIDR block, found "${block}": it does nothing`, { opensDoor: true })
    return []
  })
}
