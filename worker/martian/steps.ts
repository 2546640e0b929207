/** Martian's modifiers at work (transform/RULES.md §1). Work on the options is done once, where a step is made. */
import type { Failure, Platform } from '../types.ts'
import { encodeQuery, parseQuery } from '../url.ts'
import { DEFAULT_PORTS, splitPort } from './address.ts'
import type { Exchange } from './exchange.ts'
import type { Fields } from './fields.ts'
import { applyFile, fromBase64 } from './files.ts'
import type { Step } from './program.ts'
import { applyRange } from './ranges.ts'
import { type Ask, createAsk } from './tests.ts'

type WriteStep = Extract<Step, { do: 'set' | 'append' }>
type ToField = Platform['toField']
/** Throws a Failure. */
export type Change = (exchange: Exchange) => void

/** The message that the direction is about. */
const fieldsOf = ({ request, answer }: Exchange): Fields => (answer ?? request).fields

/** `toField` brings texts of the configuration into the form that the platform's headers have. */
export function createChange(step: Step, toField: ToField): Change {
  switch (step.do) {
    case 'set':
    case 'append':
      return writeField(step, toField(step.value))
    case 'copy':
      return (exchange) => fieldsOf(exchange).set(step.to, fieldsOf(exchange).first(step.from))
    case 'remove':
      return (exchange) => {
        for (const name of step.names) fieldsOf(exchange).remove(name)
      }
    case 'id':
      return ({ request: { fields } }) => {
        if (!fields.first(step.name)) fields.set(step.name, crypto.randomUUID())
      }
    case 'cookie':
      return addCookie(step.text)
    case 'stash':
      return ({ request, answer }) => (answer ? answer.fields.set(step.name, request.fields.first(step.name)) : request.fields.set(step.name, request.url()))
    case 'status':
      return ({ answer }) => void (answer!.status = step.status)
    case 'query':
    case 'url':
    case 'port':
      return changeAddress(step)
    case 'body':
      return changeBody(step)
    case 'skip':
      return ({ request }) => {
        const address = request.address()
        request.skipped = true
        if (address.scheme === 'https') address.scheme = 'http'
      }
    case 'file':
      return applyFile(step.files)
    case 'panic':
      return () => {
        throw PANIC
      }
    case 'all':
      return inOrder(step.steps.map((one) => createChange(one, toField)), step.collect)
    case 'if':
    default:
      return choose(createAsk(step.test, toField), step.yes && createChange(step.yes, toField), step.no && createChange(step.no, toField))
  }
}

function writeField({ do: how, name }: WriteStep, value: string): Change {
  return (exchange) => fieldsOf(exchange)[how](name, value)
}

function addCookie(text: string): Change {
  return ({ request, answer }) => {
    if (answer) return answer.fields.append('set-cookie', text)
    const before = request.fields.first('cookie')
    request.fields.set('cookie', before ? `${before}; ${text}` : text)
  }
}

const PANIC: Failure = Object.freeze({ kind: 'panic', message: 'a verifier of Martian ends the request, as in KrakenD' })

function changeAddress(step: Extract<Step, { do: 'query' | 'url' | 'port' }>): Change {
  if (step.do === 'query') {
    return ({ request }) => {
      const address = request.address()
      address.query = encodeQuery(parseQuery(address.query).set(step.name, [step.value]))
    }
  }
  if (step.do === 'url') {
    const { scheme, host, path, query } = step
    const parts = Object.fromEntries(Object.entries({ scheme, host, path, query }).filter(([, value]) => value !== ''))
    return ({ request }) => void Object.assign(request.address(), parts)
  }
  return ({ request }) => {
    const address = request.address()
    const { name } = splitPort(address.host)
    const port = step.port === 'default' ? DEFAULT_PORTS[address.scheme] : step.port
    if (port !== undefined) address.host = port === null ? name : `${name}:${port}`
  }
}

function changeBody({ type, base64 }: Extract<Step, { do: 'body' }>): Change {
  const bytes = fromBase64(base64)
  return ({ request, answer }) => {
    const message = answer ?? request
    message.fields.set('content-type', type)
    message.fields.remove('content-encoding')
    const range = answer && request.fields.first('range')
    if (range) return applyRange(answer, bytes, type, range)
    message.body = bytes
    message.fields.set('content-length', String(bytes.length))
  }
}

function inOrder(changes: readonly Change[], collect: boolean): Change {
  if (!collect) {
    return (exchange) => {
      for (const change of changes) change(exchange)
    }
  }
  return (exchange) => {
    let failure: unknown = null
    for (const change of changes) {
      try {
        change(exchange)
      } catch (error) {
        failure ??= error
      }
    }
    // oxlint-disable-next-line typescript/only-throw-error -- failures are plain objects (errors.ts)
    if (failure !== null) throw failure
  }
}

const nothing: Change = () => undefined

function choose(ask: Ask, yes: Change | null, no: Change | null): Change {
  return (exchange) => ((ask(exchange) ? yes : no) ?? nothing)(exchange)
}
