/**
 * Walking a feed's elements in gofeed's order, with xml:base. Its parser puts a base on a stack where an element has one,
 * and takes one off at the end of every element that it steps out of, whether that element had one or not.
 */
import { malformed } from '../xml/document.ts'
import { type Address, formatAddress, parseAddress, resolve } from './address.ts'
import { type FeedNode, nodesOf } from './tree.ts'

export interface Walk {
  /** Steps into an element; attributes that hold addresses are made absolute. */
  enter(node: FeedNode): void
  /** Steps out of one whose elements were walked, or were read as text. */
  leave(): void
  /** Steps over the rest of an element. */
  skip(node: FeedNode): void
  /** null where no base is in force, or the address is none. */
  absolute(reference: string): string | null
  hasBase(): boolean
}

/** Attributes of any element that hold addresses, in lower case. */
const ADDRESSES = new Set(['href', 'scheme', 'src', 'uri'])

export function createWalk(root: FeedNode): Walk {
  const bases: Address[] = []
  const push = (node: FeedNode): void => {
    const written = node.attributes.find(({ base }) => base)?.value
    const base = written ? parseAddress(written) : null
    if (base) bases.push(bases.length ? resolve(bases.at(-1)!, base) : base)
  }
  const skip = (node: FeedNode): void => {
    for (const child of nodesOf(node)) {
      push(child)
      skip(child)
    }
    bases.pop()
  }
  push(root)
  return {
    enter(node) {
      push(node)
      const base = bases.at(-1)
      if (base) node.attributes = node.attributes.map((item) => (ADDRESSES.has(item.name.toLowerCase()) ? { ...item, value: demand(absoluteOf(base, item.value), item.value) } : item))
    },
    leave: () => void bases.pop(),
    skip,
    absolute: (reference) => (bases.length ? absoluteOf(bases.at(-1)!, reference) : null),
    hasBase: () => bases.length > 0,
  }
}

function demand(address: string | null, written: string): string {
  if (address === null) throw malformed(`parse ${JSON.stringify(written)}: invalid address`)
  return address
}

/** A base's path is a folder, also without a slash at its end. */
function absoluteOf(base: Address, reference: string): string | null {
  const address = parseAddress(reference)
  if (!address) return null
  if (base.path !== '' && reference !== '' && !base.path.endsWith('/')) base.path += '/'
  return formatAddress(resolve(base, address))
}

/** Runs `read` for each element of `node`; it has to leave or skip the element. Then leaves `node`. */
export function walkChildren(walk: Walk, node: FeedNode, read: (child: FeedNode, name: string) => void): void {
  for (const child of nodesOf(node)) {
    walk.enter(child)
    read(child, child.name.toLowerCase())
  }
  walk.leave()
}

