/**
 * Parts of docs/ that stand elsewhere already: what is supported (features/), and where Cuttle differs (deviations.json). They stand
 * between comments in their pages; `node test/docs-tables.ts --update` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { supportedBy } from '../compiler/compile.ts'
import { KNOWN, type Place } from '../compiler/schema/namespaces.ts'
import { features } from '../features/index.ts'
import { DEVIATIONS } from './conformance.ts'

const ROOT = path.join(import.meta.dirname, '..')
const PLACES: readonly Place[] = ['service', 'endpoint', 'backend']

export interface Generated {
  page: string
  name: string
  text: string
}

export const generated = (): Generated[] => [
  { page: 'docs/namespaces.md', name: 'namespaces', text: namespaces() },
  { page: 'docs/compatibility.md', name: 'deviations', text: deviations() },
]

/** ✓: it is there. –: KrakenD, Community or Enterprise, reads it, and Cuttle does not. */
function namespaces(): string {
  const supported = supportedBy(features)
  const names = [...new Set(PLACES.flatMap((place) => [...supported[place], ...KNOWN[place]]))].toSorted()
  const mark = (name: string, place: Place): string => (supported[place].has(name) ? '✓' : KNOWN[place].has(name) ? '–' : ' ')
  return ['| namespace | service | endpoint | backend |', '| --- | :-: | :-: | :-: |', ...names.map((name) => `| \`${name}\` | ${PLACES.map((place) => mark(name, place)).join(' | ')} |`)].join('\n')
}

interface Rule {
  header: string
  want: string
  have: string
  reason: string
}

/** By area, each reason once, with the cases where it shows. */
function deviations(): string {
  const { rules = [], ...cases } = JSON.parse(readFileSync(DEVIATIONS, 'utf8')) as { rules?: Rule[] } & { [name: string]: string }
  const areas = new Map<string, Map<string, string[]>>()
  for (const [name, reason] of Object.entries(cases)) {
    const [, area = '', file = '', about = ''] = /^([^/]+)\/(.+)\.json · (.*)$/s.exec(name) ?? []
    const reasons = areas.get(area) ?? new Map<string, string[]>()
    areas.set(area, reasons.set(reason, [...(reasons.get(reason) ?? []), `${file}: ${about}`]))
  }
  const item = ([reason, names]: [string, string[]]): string => [`- ${title(reason)}.`, ...names.map((name) => `  - ${name}`)].join('\n')
  const sections = [...areas].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([area, reasons]) => `### ${title(area)}\n\n${[...reasons].map(item).join('\n')}`)
  const headers = rules.map(({ header, reason }) => `- \`${header}\`: ${reason}.`)
  return [...sections, ...(headers.length ? [`### Headers, in any case\n\n${headers.join('\n')}`] : [])].join('\n\n')
}

const title = (text: string): string => text[0]!.toUpperCase() + text.slice(1)

/** What a page has between the comments, and the page with another text there. */
export function between(markdown: string, { page, name, text }: Generated): { found: string; updated: string } {
  const [open, close] = [`<!-- ${name}: node test/docs-tables.ts --update -->\n\n`, `\n\n<!-- end of ${name} -->`]
  const from = markdown.indexOf(open) + open.length
  const to = markdown.indexOf(close)
  if (from < open.length || to < 0) throw new Error(`${page}: expected ${open.trim()} and ${close.trim()}`)
  return { found: markdown.slice(from, to), updated: markdown.slice(0, from) + text + markdown.slice(to) }
}

if (import.meta.main && process.argv.includes('--update')) {
  for (const part of generated()) {
    const file = path.join(ROOT, part.page)
    writeFileSync(file, between(readFileSync(file, 'utf8'), part).updated)
  }
}
