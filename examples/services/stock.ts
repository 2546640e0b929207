/** What is in stock. The desk's warehouse is slow to answer: slower than the gateway waits. */
import { AutoRouter, error, type IRequest } from 'itty-router'

const COUNTS = new Map([
  ['lamp', { oslo: 3, bergen: 12 }],
  ['lantern', { oslo: 40, bergen: 0 }],
  ['chair', { oslo: 0, bergen: 2 }],
  ['desk', { oslo: 1, bergen: 1 }],
])
const SLOW_MS = 3000

async function stock({ params: { id = '' } }: IRequest): Promise<object> {
  const warehouses = COUNTS.get(id)
  if (!warehouses) return error(404, 'no such product')
  if (id === 'desk') await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
  return { data: { available: warehouses.oslo + warehouses.bergen, warehouses }, meta: { source: 'warehouse' } }
}

const router = AutoRouter()
router.get('/stock/:id', stock)

export default { fetch: router.fetch }
