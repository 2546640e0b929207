/** `debug_endpoint`: `/__debug/…` answers for every method (routing/RULES.md §5). */
import type { CreateRespond } from '../types.ts'

export const respond: CreateRespond<Record<string, never>> = () => () => Promise.resolve(Response.json({ message: 'pong' }, { headers: { 'content-type': 'application/json; charset=utf-8' } }))
