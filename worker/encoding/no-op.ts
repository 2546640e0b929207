/** `encoding: no-op`: the answer goes on as it came, whatever its status. */
import type { CreateDecode, Failure } from '../types.ts'

export const decode: CreateDecode<Record<string, never>> = () => {
  return (response) => {
    const { status, headers } = response
    // A Response can't be made with others: 101 of an upstream that switches protocols, 999 of one that invents its own.
    if (status < 200 || status > 599) return Promise.reject({ kind: 'network', message: `an answer of status ${status} can't be passed on` } satisfies Failure)
    return Promise.resolve({ status, headers, complete: true, body: { kind: 'raw', response } })
  }
}
