/** `output_encoding: negotiate`: JSON, XML or YAML by the Accept header (routing/RULES.md §8). */
import type { CreateRender, Render, Use } from '../types.ts'
import type { WriterOptions } from './writer.ts'
import { render as createXml } from './xml.ts'
import { render as createYaml } from './yaml.ts'

type Form = 'json' | 'xml' | 'yaml'
/** In the order in which they are offered. Plain text is YAML. */
const OFFERS: readonly (readonly [type: string, form: Form])[] = [
  ['application/json', 'json'],
  ['text/plain', 'yaml'],
  ['application/xml', 'xml'],
  ['application/x-yaml', 'yaml'],
]

export interface NegotiateOptions extends WriterOptions {
  json: Use
}

export const render: CreateRender<NegotiateOptions> = (options, made) => {
  const renders: Readonly<Record<Form, Render>> = { json: made.render(options.json), xml: createXml(options, made), yaml: createYaml(options, made) }
  return (answer, incoming) => renders[negotiate(incoming.headers.get('accept') ?? '')](answer, incoming)
}

/** The first type of the header that an offer begins with; weights don't count. Nothing fits: JSON. */
export function negotiate(accept: string): Form {
  for (const item of accept.split(',')) {
    const weight = item.indexOf(';')
    const type = (weight > 0 ? item.slice(0, weight) : item).trim()
    const offer = type === '' ? undefined : OFFERS.find(([offered]) => fits(type, offered))
    if (offer) return offer[1]
  }
  return 'json'
}

/** A star ends the comparison wherever it stands. */
function fits(type: string, offered: string): boolean {
  const star = type.indexOf('*')
  return star < 0 ? offered.startsWith(type) : star < offered.length && offered.startsWith(type.slice(0, star))
}
