/** telemetry/gelf: log lines to Graylog, over HTTP: there is no UDP at the edge. */
import type { LogRecord } from '../../../worker/telemetry/otlp.ts'
import { createPush, post } from '../../../worker/telemetry/push.ts'
import { telemetryOf } from '../../../worker/telemetry/store.ts'
import type { CreateStage, LogLevel } from '../../../worker/types.ts'

export interface Options {
  /** `http://graylog:12201/gelf` */
  url: string
  /** telemetry/logging's. */
  level: LogLevel
}

const PERIOD_MS = 1000
/** Cloudflare lets work go on for 30 s after its answer. */
const ROUND_MS = 20_000
/** syslog's numbers. */
const LEVELS = { error: 3, warning: 4, info: 6 } as const

export const service: CreateStage<'service', Options> = ({ url, level: least }, { platform, site }) => {
  const telemetry = telemetryOf(platform)
  const messageOf = ({ timeMs, level, message }: LogRecord): object => ({ version: '1.1', host: telemetry.instance, short_message: message, timestamp: timeMs / 1000, level: LEVELS[level], _build: site.service.build })
  telemetry.keepLogs(least)
  const read = telemetry.logs.reader()
  // Graylog takes one message a request. The first that it does not take ends the round, and the others wait for the next.
  const push = createPush(PERIOD_MS, platform, async () => {
    const end = platform.now() + ROUND_MS
    let more = true
    while (more && platform.now() < end) {
      more = false
      await read(async ([log]) => {
        more = true
        await post(platform, url, { 'content-type': 'application/json' }, JSON.stringify(messageOf(log!)))
      }, 1)
    }
  })
  return (next) => async (incoming, ctx) => {
    try {
      return await next(incoming, ctx)
    } finally {
      push.soon(ctx)
    }
  }
}
