/** What customers say. The chair's reviews can't be read. */
import { AutoRouter, error, type IRequest } from 'itty-router'

const REVIEWS = new Map<string, readonly { name: string; stars: number; text: string }[]>([
  ['lamp', [{ name: 'Ann', stars: 5, text: 'Bright and quiet.' }, { name: 'Bob', stars: 3, text: 'The cable is short.' }]],
  ['lantern', []],
  ['desk', [{ name: 'Cleo', stars: 4, text: 'Heavy, in a good way.' }]],
])

function reviews({ params: { id = '' } }: IRequest): object {
  if (id === 'chair') return error(500, 'the reviews of this product are damaged')
  return REVIEWS.get(id) ?? error(404, 'no such product')
}

const router = AutoRouter()
router.get('/reviews/:id', reviews)

export default { fetch: router.fetch }
