/** `encoding: NO-OP`, not in lower case: KrakenD judges the status and then reads nothing. */
import { discard } from '../backend/read.ts'
import type { CreateDecode } from '../types.ts'

export const decode: CreateDecode<Record<string, never>> = () => (response) => {
  discard(response)
  return Promise.resolve({ status: 0, headers: null, complete: true, body: { kind: 'data', value: null } })
}
