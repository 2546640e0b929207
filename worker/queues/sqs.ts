/** AWS SQS by its HTTP API. */
import { awsFailure, type CallAws, createAws } from '../aws/client.ts'
import type { Context, Failure, Made } from '../types.ts'
import type { CreateSend, CreateTake } from './message.ts'
import { fromTexts, toTexts } from './text.ts'

export interface SqsOptions {
  /** The queue's address: where it is called, unless `endpoint` says so. */
  url: string
  region: string | null
  endpoint: string | null
}

/** How long SQS may wait for a message: longer than that a request's time rarely is. */
const WAIT_SECONDS = 1

export const send: CreateSend<SqsOptions> = (options, made) => {
  const call = createCall(options, made)
  return async (message, ctx) => {
    const { body, attributes } = toTexts(message)
    const MessageAttributes = Object.fromEntries(attributes.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]))
    await call('SendMessage', { MessageBody: body, ...(attributes.length && { MessageAttributes }) }, ctx)
  }
}

interface Received {
  Messages?: readonly { Body?: string; ReceiptHandle?: string; MessageAttributes?: { [name: string]: unknown } }[]
}

export const take: CreateTake<SqsOptions> = (options, made) => {
  const call = createCall(options, made)
  return async (ctx) => {
    while (!ctx.deadline.over()) {
      const { Messages = [] } = (await call('ReceiveMessage', { MaxNumberOfMessages: 1, MessageAttributeNames: ['All'], WaitTimeSeconds: WAIT_SECONDS }, ctx)) as Received
      const [message] = Messages
      if (!message) continue
      return {
        body: fromTexts(message.Body ?? '', message.MessageAttributes ?? {}),
        acknowledge: async () => void (await call('DeleteMessage', { ReceiptHandle: message.ReceiptHandle }, ctx)),
      }
    }
    throw { kind: 'timeout', message: 'context deadline exceeded' } satisfies Failure
  }
}

const encoder = new TextEncoder()

function createCall({ url, region, endpoint }: SqsOptions, { platform }: Made): (action: string, data: object, ctx: Context) => Promise<unknown> {
  const aws: CallAws = createAws({ service: 'sqs', region, endpoint: endpoint ?? new URL(url).origin }, platform)
  return async (action, data, ctx) => {
    const headers = { 'x-amz-target': `AmazonSQS.${action}`, 'content-type': 'application/x-amz-json-1.0' }
    const response = await aws({ path: '/', headers, body: encoder.encode(JSON.stringify({ QueueUrl: url, ...data })) }, ctx)
    if (response.status >= 300) throw await awsFailure(response)
    const text = await response.text()
    return text ? (JSON.parse(text) as unknown) : {}
  }
}
