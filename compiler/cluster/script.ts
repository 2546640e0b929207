/** What a cluster is to do unattended: one step a line, `#` begins a comment. */
import { UsageError } from '../command.ts'
import { nearest } from '../diagnostics.ts'

export type Step =
  | { do: 'load'; paths: string[]; connections: number }
  | { do: 'rest' }
  | { do: 'add' }
  | { do: 'wait'; seconds: number }
  | { do: 'replace'; node: number }
  | { do: 'kill' | 'stop'; node: number }

export const STEPS_HELP = [
  'load PATH… [CONNECTIONS]  begin to ask, over 8 connections or as many as given',
  'rest                      cease to ask',
  'wait SECONDS              let it go on so long',
  'kill N                    SIGKILL node N',
  'stop N                    let node N finish what it has begun, and end',
  'add                       start one more node',
  'replace N                 node N makes room for a new one, of the configuration as it stands then',
]

const FORMS: { readonly [word: string]: (words: readonly string[]) => Step | null } = {
  load(words) {
    const connections = /^\d+$/.test(words.at(-1) ?? '') ? Number(words.at(-1)) : 8
    const paths = words.filter((word) => word.startsWith('/'))
    return paths.length && connections > 0 && connections <= 1000 ? { do: 'load', paths, connections } : null
  },
  rest: (words) => (words.length ? null : { do: 'rest' }),
  add: (words) => (words.length ? null : { do: 'add' }),
  wait: ([seconds]) => (Number(seconds) >= 0 ? { do: 'wait', seconds: Number(seconds) } : null),
  kill: (words) => nodeStep('kill', words),
  stop: (words) => nodeStep('stop', words),
  replace: (words) => nodeStep('replace', words),
}

const nodeStep = (word: 'kill' | 'stop' | 'replace', [node]: readonly string[]): Step | null => (/^[1-9]\d*$/.test(node ?? '') ? { do: word, node: Number(node) } : null)

/** Throws UsageError with every line that is none. */
export function parseScript(text: string, file: string): Step[] {
  const problems: string[] = []
  const steps = text.split('\n').flatMap((line, i): Step[] => {
    const [word, ...words] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (!word) return []
    const step = FORMS[word]?.(words)
    if (step) return [step]
    const suggestion = word in FORMS ? null : nearest(word, Object.keys(FORMS))
    problems.push(`${file}:${i + 1}: expected one of\n${STEPS_HELP.map((help) => `    ${help}`).join('\n')}\n  found "${line.trim()}"${suggestion ? `; did you mean ${suggestion}?` : ''}`)
    return []
  })
  if (problems.length) throw new UsageError(problems.join('\n'))
  return steps
}
