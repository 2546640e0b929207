/** AWS SNS by its HTTP API. */
import { awsFailure, createAws } from '../aws/client.ts'
import { discard } from '../backend/read.ts'
import type { CreateSend } from './message.ts'
import { toTexts } from './text.ts'

export interface SnsOptions {
  arn: string
  region: string | null
  endpoint: string | null
}

const encoder = new TextEncoder()
const HEADERS = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

export const send: CreateSend<SnsOptions> = ({ arn, region, endpoint }, { platform }) => {
  const aws = createAws({ service: 'sns', region, endpoint }, platform)
  return async (message, ctx) => {
    const { body, attributes } = toTexts(message)
    const form = new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn: arn, Message: body })
    for (const [i, [name, value]] of attributes.entries()) {
      const entry = `MessageAttributes.entry.${i + 1}`
      form.set(`${entry}.Name`, name)
      form.set(`${entry}.Value.DataType`, 'String')
      form.set(`${entry}.Value.StringValue`, value)
    }
    const response = await aws({ path: '/', headers: HEADERS, body: encoder.encode(form.toString()) }, ctx)
    if (response.status >= 300) throw await awsFailure(response)
    discard(response)
  }
}
