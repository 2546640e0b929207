/** `/__health`: the node answers (routing/RULES.md §5). */
import type { CreateRespond } from '../types.ts'

export const respond: CreateRespond<Record<string, never>> = (_options, { platform, site }) => {
  const { build } = site.service
  return () => Promise.resolve(Response.json({ status: 'ok', agents: {}, now: goTime(platform.now()), build }, { headers: { 'content-type': 'application/json; charset=utf-8' } }))
}

/** The form of Go's time.Time.String. */
const goTime = (now: number): string => `${new Date(now).toISOString().replace('T', ' ').replace('Z', '')} +0000 UTC`
