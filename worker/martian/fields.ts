/** A message's headers as Martian reads and writes them (proxyutil/header.go; transform/RULES.md §1). */
import { SINGLE } from '../header-value.ts'
import type { Failure } from '../types.ts'

/** What a HeaderMap and Headers have in common. */
interface Store {
  get(name: string): string | null | undefined
  set(name: string, value: string): unknown
  delete(name: string): unknown
}

export interface Fields {
  /** The first value; empty where there is none. */
  first(name: string): string
  all(name: string): readonly string[]
  set(name: string, value: string): void
  append(name: string, value: string): void
  remove(name: string): void
  /** Content-Length as modifiers left it; 0 or less: unknown. */
  length(): number
}

/** host: the request's own; null for answers, which have none. */
export function createFields(store: Store, host: string | null, length: number, setCookies: () => readonly string[]): Fields {
  // fetch joins the values of a name; those that modifiers add are told apart.
  const lists = new Map<string, readonly string[]>()
  const special = createSpecial(host, length)
  // A request with such a header fails in Go; an answer goes without it, and on one line.
  const write = (name: string, value: string): void => {
    if (host !== null) store.set(checkName(name), checkValue(value))
    else if (TOKEN.test(name)) store.set(name, onOneLine(value))
  }
  const all = (name: string): readonly string[] => {
    if (isSpecial(name)) return special.all(name)
    const list = lists.get(name)
    if (list) return list
    if (name === 'set-cookie') return setCookies()
    const value = store.get(name)
    return value === null || value === undefined ? [] : [value]
  }
  return {
    first: (name) => (isSpecial(name) ? special.first(name) : (all(name)[0] ?? '')),
    all,
    set(name, value) {
      if (isSpecial(name)) return special.set(name, value)
      lists.delete(name)
      write(name, value)
    },
    append(name, value) {
      if (isSpecial(name)) return special.append(name, value)
      const list = [...all(name), value]
      // Cookies of an answer can't be joined, and cookies of a request are joined in their own way.
      if (name === 'set-cookie' && store instanceof Headers) return store.append(name, onOneLine(value))
      const single = host === null ? SINGLE.has(name) : name === 'user-agent'
      write(name, single ? list[0]! : list.join(name === 'cookie' ? '; ' : ', '))
      lists.set(name, list)
    },
    remove(name) {
      if (isSpecial(name)) return special.remove(name)
      lists.delete(name)
      if (TOKEN.test(name)) store.delete(name)
    },
    length: () => special.length(),
  }
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const failed = (message: string): Failure => ({ kind: 'refused', message })

function checkName(name: string): string {
  if (TOKEN.test(name)) return name
  throw failed(`net/http: invalid header field name ${JSON.stringify(name)}`)
}
function checkValue(value: string): string {
  if (!/[^\t\x20-\x7e\x80-\u{10ffff}]/u.test(value)) return value
  throw failed('net/http: invalid header field value')
}

const onOneLine = (value: string): string => value.replaceAll(/[\r\n\0]/g, ' ')

const isSpecial = (name: string): boolean => name === 'host' || name === 'content-length' || name === 'transfer-encoding'

/** Names that stand for a message's own fields in Go. Host is read, but fetch always sends the address's own. */
function createSpecial(host: string | null, length: number): Fields {
  let ownHost = host ?? ''
  let ownLength = length
  let codings: readonly string[] = []
  const all = (name: string): readonly string[] => {
    if (name === 'host') return ownHost ? [ownHost] : []
    if (name === 'content-length') return ownLength > 0 ? [String(ownLength)] : []
    return codings
  }
  const set = (name: string, value: string): void => {
    if (name === 'host') ownHost = host === null ? '' : value
    else if (name === 'content-length') ownLength = parseLength(value)
    else codings = [value]
  }
  return {
    all,
    set,
    first: (name) => (name === 'content-length' && ownLength === 0 ? '0' : (all(name)[0] ?? '')),
    append(name, value) {
      if (name === 'transfer-encoding') codings = [...codings, value]
      else if (all(name).length) throw failed(`proxyutil: illegal header multiple: ${name}`)
      else set(name, value)
    },
    remove(name) {
      if (name === 'host') ownHost = ''
      else if (name === 'content-length') ownLength = -1
      else codings = []
    },
    length: () => ownLength,
  }
}

function parseLength(text: string): number {
  if (/^[+-]?\d{1,18}$/.test(text)) return Number(text)
  throw failed(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
}
