/** What to ask the shop: at least one request for each endpoint of config/gateway.json. */

export interface Stop {
  /** As the configuration has it. */
  endpoint: string
  about: string
  asks: readonly Ask[]
}
export interface Ask {
  path: string
  /** What the answer shows. */
  shows: string
  /** JSON to be POSTed. */
  body?: object
}

export const TOUR: readonly Stop[] = [
  {
    endpoint: 'GET /products/{id}',
    about: 'a page joined from five services',
    asks: [
      { path: '/products/lamp', shows: 'all five answer' },
      { path: '/products/chair', shows: 'reviews fail: the rest comes without' },
      { path: '/products/desk', shows: 'stock is too slow: the rest, after 0.85 s' },
    ],
  },
  {
    endpoint: 'GET /search',
    about: 'query strings',
    asks: [{ path: '/search?q=desk&sort=title', shows: 'what is listed is forwarded' }],
  },
  {
    endpoint: 'POST /orders',
    about: 'an order that is sent',
    asks: [
      { path: '/orders', body: { item: 'lamp', quantity: 1 }, shows: '201, and where the order is' },
      { path: '/orders', body: { item: 'lamp', quantity: 0 }, shows: '422, and why' },
    ],
  },
  { endpoint: 'GET /orders/{id}', about: 'one call after the other', asks: [{ path: '/orders/1001', shows: 'the order, and the product in it' }] },
  {
    endpoint: 'GET /files/{name}',
    about: 'a file, passed through untouched',
    asks: [
      { path: '/files/lamp.svg', shows: 'a picture, with its type and ETag' },
      { path: '/files/prices.csv', shows: 'a table' },
    ],
  },
  { endpoint: 'GET /categories', about: 'a list', asks: [{ path: '/categories', shows: 'a JSON array, cached for an hour' }] },
  {
    endpoint: 'GET /offers/{day}',
    about: 'a static fallback',
    asks: [
      { path: '/offers/friday', shows: "the day's offers" },
      { path: '/offers/sunday', shows: 'the service fails: static data instead' },
    ],
  },
]

const COLUMN = 42

/** The tour as text: what is to be seen, and the URL to open or the command to run. */
export function describeTour(origin: string): string {
  const lines = TOUR.flatMap(({ endpoint, about, asks }) => [`${endpoint}: ${about}`, ...asks.map((ask) => `  ${ask.shows.padEnd(COLUMN)}${describeAsk(origin, ask)}`)])
  return lines.join('\n')
}

function describeAsk(origin: string, { path, body }: Ask): string {
  return body ? `curl -i ${origin}${path} -H 'content-type: application/json' -d '${JSON.stringify(body)}'` : `${origin}${path}`
}
