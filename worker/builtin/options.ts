/** `auto_options`: OPTIONS of a path tells its methods (routing/RULES.md §4). */
import { VERSION } from '../render/writer.ts'
import type { CreateRespond } from '../types.ts'

export interface OptionsOptions {
  allow: string
}

export const respond: CreateRespond<OptionsOptions> = ({ allow }, { site }) => () => Promise.resolve(new Response(null, { headers: { allow, [VERSION]: site.service.version } }))
