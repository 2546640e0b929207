/** telemetry/gelf: log lines to Graylog, over HTTP: there is no UDP at the edge. */
import { createPush, post } from '../../../worker/telemetry/push.ts'
import { telemetryOf } from '../../../worker/telemetry/store.ts'
import type { CreateStage } from '../../../worker/types.ts'

export interface Options {
  /** `http://graylog:12201/gelf` */
  url: string
}

const PERIOD_MS = 1000
/** syslog's numbers. */
const LEVELS = { error: 3, warning: 4, info: 6 } as const

export const service: CreateStage<'service', Options> = ({ url }, { platform, site }) => {
  const telemetry = telemetryOf(platform)
  telemetry.keepLogs()
  const read = telemetry.logs.reader()
  const push = createPush(PERIOD_MS, platform, () =>
    read(async (logs) => {
      // Graylog takes one message a request.
      for (const { timeMs, level, message } of logs) {
        await post(platform, url, { 'content-type': 'application/json' }, JSON.stringify({ version: '1.1', host: telemetry.instance, short_message: message, timestamp: timeMs / 1000, level: LEVELS[level], _build: site.service.build }))
      }
    }),
  )
  return (next) => async (incoming, ctx) => {
    try {
      return await next(incoming, ctx)
    } finally {
      push.soon(ctx)
    }
  }
}
