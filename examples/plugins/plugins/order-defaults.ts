/** plugin/req-resp-modifier: what an order lacks is filled in, what is too large is refused, and answers have a total. */
import { defineModifier, PluginError } from 'cuttle/plugins'

interface Config {
  currency: string
  max_items: number
}
interface Order {
  items: { price: number }[]
  currency?: string
}

export default defineModifier<Config>(({ currency, max_items }) => ({
  request(request) {
    const order = request.json() as Order
    if (order.items.length > max_items) throw new PluginError(422, 'too many items', { body: `at most ${max_items} items` })
    request.body = JSON.stringify({ currency, ...order })
  },
  response(response) {
    const { items } = response.data as unknown as Order
    response.data = { ...response.data, total: items.reduce((sum, { price }) => sum + price, 0) }
  },
}))
