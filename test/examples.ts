/** The examples of docs/: its pages' code blocks, read as docs/README.md says they are written. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '..')
export const PAGES: readonly string[] = globSync('docs/**/*.md', { cwd: ROOT }).toSorted()

export interface Example {
  page: string
  line: number
  /** The configuration's file and its text. */
  config: { file: string; text: string }
  /** Hosts, as the configuration writes them, and their routes. */
  upstreams: { [host: string]: object }
  env: { [name: string]: string }
  files: { [file: string]: string }
  steps: Step[]
}
export interface Step {
  kind: 'http' | 'console'
  line: number
  text: string
}
interface Block {
  line: number
  language: string
  label: string
  text: string
}

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```([^\s`]*) ?(.*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, language = '', label = '', text = ''] = match
    return { line: markdown.slice(0, match.index).split('\n').length, language, label, text }
  })
}

export const examplesOf = (page: string): Example[] => readExamples(page, readFileSync(path.join(ROOT, page), 'utf8'))

export function readExamples(page: string, markdown: string): Example[] {
  const examples: Example[] = []
  for (const block of blocksOf(markdown)) {
    const config = configOf(page, block)
    if (config) examples.push({ page, line: block.line, config, upstreams: {}, env: {}, files: {}, steps: [] })
    else addTo(examples.at(-1), block, page)
  }
  return examples
}

const isConfigFile = (file: string): boolean => /^gateway\.(config\.)?\w+$/.test(file)

function configOf(page: string, { line, language, label, text }: Block): Example['config'] | null {
  if (isConfigFile(label)) return { file: label, text }
  if (language !== 'json' || label) return null
  const value = parse(text, `${page}:${line}`)
  if (!('version' in value)) throw new Error(`${page}:${line}: a configuration has a version; call fragments jsonc`)
  return { file: 'gateway.json', text }
}

function addTo(example: Example | undefined, { line, language, label, text }: Block, page: string): void {
  if (!label && language !== 'http' && language !== 'console') return
  if (!example) throw new Error(`${page}:${line}: no configuration stands above`)
  if (language === 'http' || language === 'console') example.steps.push({ kind: language, line, text })
  else if (label === 'upstreams') Object.assign(example.upstreams, parse(text, `${page}:${line}`))
  else if (label === 'env') Object.assign(example.env, parse(text, `${page}:${line}`))
  else example.files[label] = text
}

function parse(text: string, where: string): object {
  try {
    return JSON.parse(text) as object
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error })
  }
}

/** `METHOD PATH`, headers, a body, and from `HTTP/1.1 STATUS` on the answer. */
export interface Exchange {
  method: string
  target: string
  headers: [name: string, value: string][]
  body: string | null
  status: number
  answerHeaders: [name: string, value: string][]
  answerBody: string | null
}

export function readExchange(text: string): Exchange {
  const [asked, answered] = text.split(/^(?=HTTP\/1\.1 \d{3})/m)
  if (answered === undefined) throw new Error('an http block has a request and, from HTTP/1.1 on, its answer')
  const request = readMessage(asked!)
  const answer = readMessage(answered)
  const [, method = '', target = ''] = /^([A-Z]+) (\S+)$/.exec(request.start) ?? []
  if (!target) throw new Error(`expected METHOD PATH, found ${request.start}`)
  return { method, target, headers: request.headers, body: request.body, status: Number(answer.start.split(' ')[1]), answerHeaders: answer.headers, answerBody: answer.body }
}

function readMessage(text: string): { start: string; headers: [string, string][]; body: string | null } {
  const [head = '', ...rest] = text.trimEnd().split(/\n\n/)
  const [start = '', ...lines] = head.split('\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    if (colon < 1) throw new Error(`expected NAME: VALUE, found ${line}`)
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { start: start.trim(), headers, body: rest.length ? rest.join('\n\n') : null }
}

/** Commands and the lines that each shows. */
export function readCommands(text: string): { command: string; shown: string[] }[] {
  const commands: { command: string; shown: string[] }[] = []
  for (const line of text.trimEnd().split('\n')) {
    const last = commands.at(-1)
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), shown: [] })
    else if (last?.command.endsWith('\\') && !last.shown.length) last.command += `\n${line}`
    else if (last) last.shown.push(line)
    else throw new Error(`expected "$ COMMAND", found ${line}`)
  }
  return commands
}
