/** `encoding: no-op`: the answer goes on as it came, whatever its status. */
import type { CreateDecode } from '../types.ts'

export const decode: CreateDecode<Record<string, never>> = () => {
  return (response) => Promise.resolve({ status: response.status, headers: response.headers, complete: true, body: { kind: 'raw', response } })
}
