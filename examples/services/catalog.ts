/** What the shop sells: products, a search over them, and their categories. */
import { AutoRouter, error, type IRequest } from 'itty-router'

interface Product {
  id: string
  title: string
  category: string
  tags: readonly string[]
  /** The shop's own business: the gateway takes it out. */
  supplier: string
}

const PRODUCTS: readonly Product[] = [
  { id: 'lamp', title: 'Desk lamp', category: 'light', tags: ['led', 'desk'], supplier: 'acme' },
  { id: 'lantern', title: 'Paper lantern', category: 'light', tags: ['paper'], supplier: 'acme' },
  { id: 'chair', title: 'Oak chair', category: 'furniture', tags: ['oak', 'dining'], supplier: 'forest & sons' },
  { id: 'desk', title: 'Walnut desk', category: 'furniture', tags: ['walnut', 'desk'], supplier: 'forest & sons' },
]
const CATEGORIES = [
  { id: 'light', title: 'Light' },
  { id: 'furniture', title: 'Furniture' },
]

const SORTS = new Map<string, (a: Product, b: Product) => number>([
  ['title', (a, b) => a.title.localeCompare(b.title)],
  ['-title', (a, b) => b.title.localeCompare(a.title)],
])

/** `q` is looked for in titles and tags; `sort` is `title` or `-title`. */
function search({ query }: IRequest): { items: readonly Product[]; total: number } | Response {
  const [q, category, sort] = [first(query.q).toLowerCase(), first(query.category), first(query.sort)]
  const order = SORTS.get(sort)
  if (sort && !order) return error(400, `sort: expected ${[...SORTS.keys()].join(' or ')}`)
  const found = PRODUCTS.filter((product) => (!category || product.category === category) && [product.title, ...product.tags].some((text) => text.toLowerCase().includes(q)))
  return { items: order ? found.toSorted(order) : found, total: found.length }
}

const first = (value: string | string[] | undefined): string => [value].flat()[0] ?? ''

const router = AutoRouter()
router
  .get('/products', search)
  .get('/products/:id', ({ params }: IRequest) => PRODUCTS.find(({ id }) => id === params.id) ?? error(404, 'no such product'))
  .get('/categories', () => CATEGORIES)

export default { fetch: router.fetch }
