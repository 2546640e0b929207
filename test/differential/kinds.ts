import { expressions } from './expressions.ts'
import { lua } from './lua.ts'
import { pipelines } from './pipelines.ts'
import { routes } from './routes.ts'
import { schemas } from './schemas.ts'
import { type Generate, HOST, type Suite } from './suite.ts'
import { templates } from './templates.ts'

export type Kind = 'routes' | 'pipelines' | 'lua' | 'expressions' | 'schemas' | 'templates'
export const KINDS: { readonly [kind in Kind]: Generate } = { routes, pipelines, lua, expressions, schemas, templates }

/** What every gateway starts. */
export const SMALLEST: Suite = {
  config: { version: 3, endpoints: [{ endpoint: '/small', backend: [{ host: HOST, url_pattern: '/small' }] }] },
  upstreams: { a: {} },
  cases: [],
}
