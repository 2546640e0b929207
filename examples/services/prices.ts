/** Prices, and the offers of a day. */
import { AutoRouter, error, type IRequest } from 'itty-router'

const AMOUNTS = new Map([['lamp', 39.9], ['lantern', 12], ['chair', 120], ['desk', 349.5]])
const OFFERS = new Map<string, readonly { product: string; amount: number }[]>([
  ['monday', [{ product: 'lantern', amount: 9 }]],
  ['tuesday', []],
  ['wednesday', [{ product: 'chair', amount: 99 }]],
  ['thursday', []],
  ['friday', [{ product: 'lamp', amount: 29.9 }, { product: 'desk', amount: 299 }]],
  ['saturday', [{ product: 'lantern', amount: 10 }]],
])

function price({ params: { id = '' } }: IRequest): object {
  const amount = AMOUNTS.get(id)
  if (amount === undefined) return error(404, 'no such product')
  return { amount, currency: 'EUR', vat: { rate: 25, code: 'S' }, margin: 0.4 }
}

function offers({ params: { day = '' } }: IRequest): object {
  if (day === 'sunday') return error(503, 'offers are made up on Sundays')
  const list = OFFERS.get(day)
  return list ? { day, offers: list } : error(404, 'no such day')
}

const router = AutoRouter()
router.get('/prices/:id', price).get('/offers/:day', offers)

export default { fetch: router.fetch }
