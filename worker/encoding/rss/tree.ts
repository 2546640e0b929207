/** A feed's XML as a tree, with name spaces and with the source of each element. */
import type { Document } from '../xml/document.ts'
import { type Attribute, localName, readXml } from '../xml/read.ts'

export interface FeedNode {
  /** Without its prefix. */
  readonly name: string
  /** The name space's address; the prefix where none is declared; empty where there is neither. */
  readonly space: string
  attributes: readonly FeedAttribute[]
  /** Name spaces in force and their prefixes in lower case; the default one has none. */
  readonly prefixes: ReadonlyMap<string, string>
  readonly children: (FeedNode | string)[]
  /** The source between its tags. */
  inner: string
}
export interface FeedAttribute {
  readonly name: string
  readonly value: string
  /** xml:base. */
  readonly base: boolean
}

interface Open {
  readonly node: FeedNode
  /** Prefixes in force and their name spaces. */
  readonly spaces: ReadonlyMap<string, string>
  readonly start: number
}

const NONE: ReadonlyMap<string, string> = new Map()
const XML_SPACE = 'http://www.w3.org/XML/1998/namespace'

/** The root element; null where there is none. */
export function readTree(document: Document): FeedNode | null {
  let root: FeedNode | null = null
  const open: Open[] = []
  readXml(document, true, {
    open(name, attributes, end) {
      const parent = open.at(-1)
      const element = openElement(name, attributes, parent, end)
      if (parent) parent.node.children.push(element.node)
      else root = element.node
      open.push(element)
    },
    text: (run) => void open.at(-1)?.node.children.push(run),
    close(start) {
      const element = open.pop()!
      element.node.inner = document.text.slice(element.start, start)
    },
  })
  return root
}

function openElement(name: string, attributes: readonly Attribute[], parent: Open | undefined, start: number): Open {
  const declared = attributes.filter(([attribute]) => attribute === 'xmlns' || attribute.startsWith('xmlns:'))
  const spaces = declared.length ? new Map(parent?.spaces) : (parent?.spaces ?? NONE)
  const prefixes = declared.length ? new Map(parent?.node.prefixes) : (parent?.node.prefixes ?? NONE)
  for (const [attribute, value] of declared) {
    const prefix = attribute.slice('xmlns:'.length)
    ;(spaces as Map<string, string>).set(prefix, value)
    ;(prefixes as Map<string, string>).set(value.trim(), prefix.toLowerCase())
  }
  const local = localName(name)
  const prefix = local === name ? '' : name.slice(0, name.indexOf(':'))
  const space = prefix === 'xml' ? XML_SPACE : (spaces.get(prefix) ?? prefix)
  const node: FeedNode = {
    name: local,
    space,
    attributes: attributes.map(([attribute, value]) => ({ name: localName(attribute), value, base: attribute === 'xml:base' })),
    prefixes,
    children: [],
    inner: '',
  }
  return { node, spaces, start }
}

/** The first attribute of that name, whatever its prefix; empty where there is none. */
export const attribute = (node: FeedNode, name: string): string => node.attributes.find((item) => item.name === name)?.value ?? ''

export const isNode = (child: FeedNode | string): child is FeedNode => typeof child !== 'string'
export const nodesOf = (node: FeedNode): FeedNode[] => node.children.filter(isNode)
