/** Texts of SNS and SQS, which take no others: as KrakenD's library writes and reads them (gocloud.dev/pubsub/awssnssqs, "Escaping"). */
import { fromBase64, toBase64 } from './base64.ts'
import type { Message } from './message.ts'
import { strict } from '../utf8.ts'

/** What marks a body that was no UTF-8. */
const MARK = 'base64encoded'
const encoder = new TextEncoder()

/** The body, and attributes by name. */
export function toTexts({ body, metadata }: Message): { body: string; attributes: [string, string][] } {
  const attributes = [...metadata].map(([name, value]): [string, string] => [escapeName(name), encodePathSegment(value)])
  try {
    return { body: strict.decode(body), attributes }
  } catch {
    return { body: toBase64(body), attributes: [...attributes, [MARK, 'true']] }
  }
}

/** An SNS notification in a queue stands around the message it brought, unless the message has attributes of its own. */
export function fromTexts(body: string, attributes: { readonly [name: string]: unknown }): Uint8Array<ArrayBuffer> {
  const inner = Object.keys(attributes).length ? null : notificationIn(body)
  const text = inner ? inner.Message : body
  const marked = MARK in (inner ? (inner.MessageAttributes ?? {}) : attributes)
  return (marked && fromBase64(text)) || encoder.encode(text)
}

interface Notification {
  Message: string
  MessageAttributes?: object
}

function notificationIn(body: string): Notification | null {
  try {
    const data = JSON.parse(body) as { [name: string]: unknown } | null
    return data?.Type === 'Notification' && data.MessageId && data.Timestamp && data.TopicArn && typeof data.Message === 'string' ? (data as unknown as Notification) : null
  } catch {
    return null
  }
}

/** Names have letters, digits, `_`, `-` and single dots inside. */
const escapeName = (name: string): string =>
  name.replace(/\.{2,}|^\.|[^A-Za-z0-9_.-]/gu, (found) => (found.length > 1 && found[0] === '.' ? `.${escaped('.').repeat(found.length - 1)}` : escaped(found)))
const escaped = (character: string): string => `__0x${character.codePointAt(0)!.toString(16)}__`

/** Go's url.PathEscape. */
const encodePathSegment = (text: string): string => encodeURIComponent(text).replace(/%(24|26|2B|3D|3A|40)|[!'()*]/g, (found) => (found[0] === '%' ? decodeURIComponent(found) : `%${found.charCodeAt(0).toString(16).toUpperCase()}`))
