/** `encoding: json` and `safejson`: the first JSON value of the body, as Go's decoder reads it (proxy/RULES.md §2). */
import { readBody } from '../backend/read.ts'
import { repair } from '../json/repair.ts'
import { MALFORMED, type Notes, OPEN_BRACE, OPEN_BRACKET, skipSpace, skipValue } from '../json/scan.ts'
import { createGroup, createShape, EMPTY_OBJECT, type Shape } from '../json/shape.ts'
import type { Body, CreateDecode, DataBody, Failure } from '../types.ts'

export interface JsonOptions {
  /** object: is_collection is off. list: it is on. any: safejson, which wraps what is no object. */
  expects: 'object' | 'list' | 'any'
  shape: Shape
  /** What the filters leave of `{"collection": …}` and `{"content": …}`, as the name it has then; null: nothing. */
  collection: string | null
  content: string | null
  maxBytes: number
}

const NULL: DataBody = Object.freeze({ kind: 'data', value: null })
const NULL_BYTES = new TextEncoder().encode('null')

export const decode: CreateDecode<JsonOptions> = (options) => {
  const read = createReader(options)
  return async (response) => {
    const bytes = await readBody(response, options.maxBytes)
    return { status: 0, headers: null, complete: true, body: readRepaired(bytes, read, options.expects === 'list') }
  }
}

type Read = (bytes: Uint8Array<ArrayBuffer>, start: number, notes: Notes) => Body | null

/** Reads once more where the text was no Unicode and had to be repaired. */
function readRepaired(bytes: Uint8Array<ArrayBuffer>, read: Read, list: boolean): Body {
  const notes: Notes = { beyondAscii: false, loneSurrogate: false }
  try {
    const body = read(bytes, skipSpace(bytes, 0), notes)
    const repaired = body && repair(bytes, notes)
    if (repaired) return read(repaired, skipSpace(repaired, 0), notes)!
    if (body) return body
  } catch (problem) {
    if (problem !== MALFORMED) throw problem
  }
  throw { kind: 'decode', message: 'the body is no JSON of the expected kind', source: bytes, list } satisfies Failure
}

/** null: valid JSON of another kind than the one expected. */
function createReader(options: JsonOptions): Read {
  const shape = createShape(options.shape)
  const list = createWrapper(options.collection, options.shape.group)
  const content = createWrapper(options.content, options.shape.group)
  const group = createGroup(options.shape.group)
  const { target, group: name } = options.shape
  // A target that is not there is an empty object, of null too.
  const nothing: Body = target.length ? group(EMPTY_OBJECT) : name === null ? NULL : group({ kind: 'json', pieces: [NULL_BYTES], members: 0, keys: null })
  return (bytes, start, notes) => {
    const first = bytes[start]
    if (first === OPEN_BRACE && options.expects !== 'list') return shape(bytes, start, notes)
    const value = bytes.subarray(start, skipValue(bytes, start, notes))
    if (first === OPEN_BRACKET) return options.expects === 'object' ? null : list(value)
    if (options.expects === 'any') return content(value)
    if (value.length !== 4 || first !== 0x6e) return null
    return options.expects === 'list' ? list(value) : nothing
  }
}

/** Puts a value under a name that the compiler has worked out, since the filters see that one name only. */
function createWrapper(name: string | null, group: string | null): (value: Uint8Array<ArrayBuffer>) => Body {
  const outer = createGroup(group)
  if (name === null) return () => outer(EMPTY_OBJECT)
  const inner = createGroup(name)
  return (value) => outer(inner({ kind: 'json', pieces: [value], members: 1, keys: null }))
}
