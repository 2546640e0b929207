/** The closed set of failures: precise inside, plain outside. */
import type { Deadline } from './deadline.ts'
import type { Answer, Failure, Outcome } from './types.ts'

export const fail = (failure: Failure): Outcome => ({ answer: null, errors: [failure] })
export const succeed = (answer: Answer): Outcome => ({ answer, errors: NONE })
const NONE: readonly Failure[] = Object.freeze([])

/** What is refused before an endpoint's handler is refused in a word: no body, no header (security/RULES.md, order). */
export const refused = (status: number): Response => new Response(null, { status })

/** What is left of a call whose time is up. */
export const TIMEOUT: Failure = Object.freeze({ kind: 'timeout', message: 'context deadline exceeded' })
export const LATE: Outcome = Object.freeze({ answer: null, errors: [TIMEOUT] })
export const NO_HOSTS: Failure = Object.freeze({ kind: 'no-hosts', message: 'no hosts available' })
/** A body that would have to stand in memory. The limit's name is for the log: it is the gateway's own. */
export const tooLarge = (limit: number, status: 413 | 502): Failure => ({ kind: 'too-large', message: `${status === 413 ? 'request' : 'upstream'} body larger than ${limit} bytes (cuttle/limits: max_buffered_body)`, status })

/** Data of some thousand levels is beyond the engine's stack: JSON.stringify, JSON.parse with a reviver and whatever else follows it down end so. */
export const isOverflow = (error: unknown): boolean => error instanceof RangeError && /call stack/i.test(error.message)
const TOO_DEEP: Failure = Object.freeze({ kind: 'decode', message: 'the body is nested too deeply' })

/** What a rejected call means: the request's time was up, a decoder said what it found, or the connection failed. */
export function toFailure(error: unknown, deadline?: Deadline): Failure {
  if (deadline?.over()) return TIMEOUT
  if (isFailure(error)) return error
  if (isOverflow(error)) return TOO_DEEP
  return { kind: 'network', message: error instanceof Error ? error.message : String(error) }
}

/** Failures are thrown as they are by decoders: plain objects, since nobody reads a stack of theirs. */
const isFailure = (error: unknown): error is Failure =>
  typeof error === 'object' && error !== null && 'kind' in error && 'message' in error

/** A body that breaks off. */
export const CUT: Failure = Object.freeze({ kind: 'network', message: 'unexpected EOF' })

/** Go's client puts the call before what its transport says, without the password; not before what goes wrong with an answer's body. */
export function ofCall(method: string, url: string, error: unknown): Failure {
  const failure = toFailure(error)
  if (failure.kind !== 'network' || failure === CUT) return failure
  const shown = url.replace(/^(\w+:\/\/[^/?#:]*:)[^/?#]*@/, '$1***@')
  return { ...failure, message: `${method[0]}${method.slice(1).toLowerCase()} ${JSON.stringify(shown)}: ${failure.message}` }
}

/** What logs and traces are told: messages for clients may hold an upstream's whole body, and URLs with passwords and keys. */
export const told = ({ kind, message, upstreamStatus }: Failure): string => (kind === 'upstream-error' ? `invalid status code ${upstreamStatus}` : withoutSecrets(message))

/** `invalid status code 501 [GET /x?key=…]: http://…`: a backend's label, with its pattern. */
const LABEL = /^([^[?]*\[\S+ [^?\]]*)\?.*?(?:\](?=:? |$)|$)/s
/** A whole word, so that clients can't make it take long; a bracket or a colon may stand right behind a URL. */
const URLS = /:\/\/(?:[^\s/?#]*@)?([^\s?#]*)\S*?([)"']{0,3}[:,;]?)(?!\S)/g

/** URLs lose their user and password, and everything from `?` on. */
export const withoutSecrets = (message: string): string => message.replace(LABEL, '$1]').replace(URLS, '://$1$2')
