/** Orders: one is there from the start, others last as long as the process. */
import { AutoRouter, error, type IRequest, json } from 'itty-router'

interface Order {
  id: number
  item: string
  quantity: number
}

const ITEMS = ['lamp', 'lantern', 'chair', 'desk']
const FIRST = 1001
/** The newest orders, so that memory has an end. */
const KEPT = 1000
const orders = new Map<number, Order>([[FIRST, { id: FIRST, item: 'lamp', quantity: 2 }]])
let last = FIRST

async function create(request: IRequest): Promise<Response> {
  const body: unknown = await request.json().catch(() => null)
  const { item, quantity } = (body ?? {}) as { item?: unknown; quantity?: unknown }
  const problems: string[] = []
  if (typeof item !== 'string' || !ITEMS.includes(item)) problems.push(`item: expected one of ${ITEMS.join(', ')}`)
  if (!Number.isInteger(quantity) || Number(quantity) < 1 || Number(quantity) > 99) problems.push('quantity: expected a number from 1 to 99')
  if (problems.length) return error(422, { problems })
  const order: Order = { id: ++last, item: String(item), quantity: Number(quantity) }
  orders.set(order.id, order)
  orders.delete(order.id - KEPT)
  return json(order, { status: 201, headers: { location: `/orders/${order.id}` } })
}

const router = AutoRouter()
router
  .post('/orders', create)
  .get('/orders/:id', ({ params }: IRequest) => orders.get(Number(params.id)) ?? error(404, 'no such order'))

export default { fetch: router.fetch }
