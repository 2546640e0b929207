/** What goes with a product. */
import { AutoRouter, error, type IRequest } from 'itty-router'

const SUGGESTIONS = new Map<string, readonly { id: string; title: string }[]>([
  ['lamp', [{ id: 'desk', title: 'Walnut desk' }]],
  ['lantern', [{ id: 'lamp', title: 'Desk lamp' }]],
  ['chair', [{ id: 'desk', title: 'Walnut desk' }]],
  ['desk', [{ id: 'chair', title: 'Oak chair' }, { id: 'lamp', title: 'Desk lamp' }]],
])

const router = AutoRouter()
router.get('/suggestions/:id', ({ params: { id = '' } }: IRequest) => SUGGESTIONS.get(id) ?? error(404, 'no such product'))

export default { fetch: router.fetch }
