/** `error` of KrakenD Enterprise's checks: what a client is told where one does not hold. */
import { z } from 'zod'

export const refusalSchema = z.object({ body: z.string().optional(), status: z.number().optional(), content_type: z.string().optional() })

export interface Refusal {
  status: number
  body: string
  type: string
}

const isStatus = (status: number): boolean => Number.isInteger(status) && status >= 200 && status < 600

/** What fetch can't send as a status is 500. */
export const normaliseRefusal = ({ body, status, content_type }: z.output<typeof refusalSchema> = {}): Refusal => ({
  status: status !== undefined && isStatus(status) ? status : 500,
  body: body ?? '',
  type: content_type || 'text/plain',
})
