/** `encoding: xml`: a document as data, in mxj's way (routing/RULES.md §7). All values are texts. */
import { readBody } from '../backend/read.ts'
import { setMember } from '../json/data.ts'
import type { CreateDecode, Failure, JsonObject } from '../types.ts'
import { readDocument } from './xml/document.ts'
import { type Attribute, localName, readXml } from './xml/read.ts'

export interface XmlOptions {
  /** is_collection: the document stands under `collection`. */
  collection: boolean
  maxBytes: number
}

export const decode: CreateDecode<XmlOptions> = ({ collection, maxBytes }) => async (response) => {
  const data = parseXml(await readBody(response, maxBytes))
  return { status: 0, headers: null, complete: true, body: { kind: 'data', value: collection ? { collection: data } : data } }
}

interface Element {
  name: string
  members: JsonObject
  /** A text before the first member: it takes the place of those that come later. */
  text: string | null
}

export function parseXml(bytes: Uint8Array): JsonObject {
  const root: Element = { name: '', members: {}, text: null }
  const open: Element[] = [root]
  try {
    const found = readXml(readDocument(bytes), false, {
      open: (name, attributes) => void open.push({ name: localName(name), members: membersOf(attributes), text: null }),
      text: (run) => addText(open.at(-1)!, trim(run)),
      close() {
        const closed = open.pop()!
        addChild(open.at(-1)!.members, closed.name, valueOf(closed))
      },
    })
    if (found) return root.members
  } catch (problem) {
    if (problem instanceof Error) throw problem
    throw { ...(problem as Failure), message: `xml.Decoder.Token() - ${(problem as Failure).message}` } satisfies Failure
  }
  throw { kind: 'decode', message: 'EOF' } satisfies Failure
}

function membersOf(attributes: readonly Attribute[]): JsonObject {
  const members: JsonObject = {}
  for (const [name, value] of attributes) members[`-${localName(name)}`] = value
  return members
}

function addText(element: Element, text: string): void {
  if (text === '' || element.name === '') return
  if (isEmpty(element.members)) element.text = text
  else element.members[TEXT] = text
}

function addChild(members: JsonObject, name: string, value: unknown): void {
  const former = Object.hasOwn(members, name) ? members[name] : undefined
  if (Array.isArray(former)) former.push(value)
  else setMember(members, name, former === undefined ? value : [former, value])
}

function valueOf({ members, text }: Element): unknown {
  if (isEmpty(members)) return text ?? ''
  if (text !== null) members[TEXT] = text
  return members
}

const TEXT = '#text'

function isEmpty(members: JsonObject): boolean {
  for (const key in members) if (Object.hasOwn(members, key)) return false
  return true
}

const BLANK = new Set('\t\r\b\n ')

function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && BLANK.has(text[start]!)) start++
  while (end > start && BLANK.has(text[end - 1]!)) end--
  return text.slice(start, end)
}
