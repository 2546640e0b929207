/** Martian's modifiers by name: what each is in the two directions (transform/RULES.md §1, and its table). */
import { nearest } from '../../../compiler/diagnostics.ts'
import { compileRegexp } from '../../../compiler/regexp.ts'
import type { RegexpProgram } from '../../../worker/regexp/program.ts'
import type { EmbeddedFile, Step, Test } from '../../../worker/martian/program.ts'
import { requestCookie, responseCookie } from './cookie.ts'
import { type Fields, isObject, type Nested, OffError, readFields } from './fields.ts'

/** undefined: the modifier does not know the direction. null: it does, and has nothing to do there. */
export interface Both {
  request?: Step | null | undefined
  response?: Step | null | undefined
}
/** Files of static.Modifier. */
export type ReadFiles = (root: string, own: { readonly [path: string]: string }, at: Fields['at']) => { readonly [path: string]: EmbeddedFile }
type Read = (fields: Fields, files: ReadFiles) => Both

/** The same in both directions. */
const both = (step: Step): Both => ({ request: step, response: step })

const MODIFIERS: { readonly [name: string]: Read } = {
  'header.Modifier': (fields) => both({ do: 'set', name: headerName(fields, 'name'), value: fields.text('value') }),
  'header.Append': (fields) => both({ do: 'append', name: headerName(fields, 'name'), value: fields.text('value') }),
  'header.Copy': (fields) => both({ do: 'copy', from: headerName(fields, 'from'), to: headerName(fields, 'to') }),
  'header.Blacklist': (fields) => both({ do: 'remove', names: (fields.texts('names') ?? []).map((name) => name.toLowerCase()) }),
  'header.Id': (fields) => ({ request: { do: 'id', name: headerName(fields, 'header') || 'x-krakend-id' } }),
  'header.RegexFilter': (fields, files) => filter(fields, { of: 'header-pattern', name: headerName(fields, 'header'), pattern: pattern(fields) }, files, false),
  'header.Filter': (fields, files) => filter(fields, { of: 'header', name: headerName(fields, 'name'), value: fields.text('value') }, files, true),
  'header.Verifier': (fields) => (fields.text('name'), fields.text('value'), { request: null, response: null }),
  'querystring.Modifier': (fields) => ({ request: { do: 'query', name: fields.text('name'), value: fields.text('value') } }),
  'querystring.Filter': (fields, files) => filter(fields, { of: 'query', name: fields.text('name'), value: fields.text('value') }, files, true),
  'querystring.Verifier': (fields) => (fields.text('name'), fields.text('value'), { request: { do: 'panic' } }),
  'url.Modifier': (fields) => ({ request: { do: 'url', ...urlParts(fields) } }),
  'url.Filter': (fields, files) => filter(fields, { of: 'url', ...urlParts(fields) }, files, true),
  'url.RegexFilter': (fields, files) => filter(fields, { of: 'url-pattern', pattern: pattern(fields) }, files, true),
  'url.Verifier': (fields) => (urlParts(fields), { request: { do: 'panic' } }),
  'port.Modifier': (fields) => ({ request: { do: 'port', port: newPort(fields) } }),
  'port.Filter': (fields, files) => filter(fields, { of: 'port', port: fields.whole('port') }, files, false),
  'cookie.Modifier': (fields) => ({ request: { do: 'cookie', text: requestCookie(fields) }, response: { do: 'cookie', text: responseCookie(fields) } }),
  'cookie.Filter': (fields, files) => filter(fields, { of: 'cookie', name: fields.text('name'), value: fields.text('value') }, files, true),
  'body.Modifier': (fields) => both({ do: 'body', type: fields.text('contentType'), base64: fields.base64('body') }),
  'stash.Modifier': (fields) => both({ do: 'stash', name: headerName(fields, 'headerName') }),
  'status.Modifier': (fields) => ({ response: { do: 'status', status: fields.whole('statusCode') } }),
  'status.Verifier': (fields) => (fields.whole('statusCode'), { response: { do: 'panic' } }),
  'static.Modifier': (fields, files) => ({ request: { do: 'skip' }, response: { do: 'file', files: files(fields.text('rootPath'), fields.map('explicitPaths'), fields.at) } }),
  'fifo.Group': (fields, files) => group(fields.list('modifiers').map((nested) => readModifier(nested, files)), fields.flag('aggregateErrors')),
  'priority.Group': (fields, files) => group(byPriority(fields.list('modifiers'), files), false),
}

export const NAMES = Object.keys(MODIFIERS)

/** One modifier: an object with exactly one key, its name. Throws OffError. */
export function readModifier({ value, at }: Nested, files: ReadFiles): Both {
  const names = isObject(value) ? Object.keys(value) : []
  const [name] = names
  if (!isObject(value) || name === undefined || names.length > 1) throw new OffError(at, `expected an object with one key, the modifier's name; found ${names.length > 1 ? names.join(', ') : (JSON.stringify(value) ?? 'nothing')}`)
  const read = Object.hasOwn(MODIFIERS, name) ? MODIFIERS[name]! : null
  if (!read) throw new OffError([...at, name], `expected one of Martian's modifiers, found ${name}`, nearest(name, NAMES))
  const fields = readFields(value[name], [...at, name])
  return inScope(read(fields, files), name, fields)
}

/** No scope: every direction that the modifier knows. */
function inScope(found: Both, name: string, fields: Fields): Both {
  const scope = fields.texts('scope')
  if (!scope) return found
  const at = [...fields.at, 'scope']
  for (const [i, direction] of scope.entries()) {
    if (direction !== 'request' && direction !== 'response') throw new OffError([...at, i], `expected "request" or "response", found "${direction}"`)
    if (found[direction] === undefined) throw new OffError([...at, i], `${name} does not work on the ${direction}`)
  }
  const kept: Both = { request: scope.includes('request') ? found.request : undefined, response: scope.includes('response') ? found.response : undefined }
  if (name === 'stash.Modifier' && kept.response && !kept.request) throw new OffError(at, 'a stash of the response needs "request" in its scope too')
  return kept
}

const headerName = (fields: Fields, key: string): string => fields.text(key).toLowerCase()

const urlParts = (fields: Fields): { scheme: string; host: string; path: string; query: string } => ({ scheme: fields.text('scheme'), host: fields.text('host'), path: fields.text('path'), query: fields.text('query') })

function pattern(fields: Fields): RegexpProgram {
  const compiled = compileRegexp(fields.text('regex'))
  if ('error' in compiled) throw new OffError([...fields.at, 'regex'], compiled.error)
  return compiled.program
}

function newPort(fields: Fields): number | 'default' | null {
  const given = [fields.whole('port') !== 0, fields.flag('defaultForScheme'), fields.flag('remove')].filter(Boolean)
  if (given.length !== 1) throw new OffError(fields.at, 'expected one of port, defaultForScheme and remove')
  return fields.whole('port') || (fields.flag('remove') ? null : 'default')
}

/** A filter passes both directions on, each to what is within. `"else": null` is no modifier, and so a fault. */
function filter(fields: Fields, test: Test, files: ReadFiles, hasElse: boolean): Both {
  const yes = readModifier(fields.nested('modifier') ?? { value: undefined, at: fields.at }, files)
  const nested = hasElse ? fields.nested('else') : undefined
  const no: Both = nested ? readModifier(nested, files) : {}
  const direction = (which: keyof Both): Step => ({ do: 'if', test, yes: yes[which] ?? null, no: no[which] ?? null })
  return { request: direction('request'), response: direction('response') }
}

function group(members: readonly Both[], collect: boolean): Both {
  const direction = (which: keyof Both): Step | null => {
    const steps = members.flatMap((member) => member[which] ?? [])
    return steps.length ? { do: 'all', steps, collect } : null
  }
  return { request: direction('request'), response: direction('response') }
}

/** Highest first; of equal ones the last written first. */
function byPriority(list: readonly Nested[], files: ReadFiles): Both[] {
  const ranked = list.map(({ value, at }) => {
    const fields = readFields(value, at)
    return { priority: fields.whole('priority'), member: readModifier(fields.nested('modifier') ?? { value: undefined, at }, files) }
  })
  return ranked.toReversed().toSorted((a, b) => b.priority - a.priority).map(({ member }) => member)
}
