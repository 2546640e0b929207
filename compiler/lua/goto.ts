/**
 * A block's statements with their labels. A jump forward leaves a labelled block, a jump back goes on with a loop: that covers what
 * people write. Two jumps that cross each other in one block are refused.
 */
import { type Context, compileError, fresh, type Label, use } from './context.ts'
import type { Block, Statement } from './syntax.ts'
import { blocksOf } from './walk.ts'

export function range(context: Context, statements: readonly Statement[]): string {
  const labels = labelsOf(context, statements)
  context.labels.push(labels)
  const code = emit(context, statements, labels, 0, statements.length, new Set())
  context.labels.pop()
  return code
}

function labelsOf(context: Context, statements: readonly Statement[]): Label[] {
  const labels: Label[] = []
  for (const [index, given] of statements.entries()) {
    if (given.type !== 'label') continue
    const { label, line } = given
    const old = labels.find((known) => known.label === label)
    if (old) compileError(`label '${label}' already defined on line ${statements[old.index]!.line}`, line + 1)
    labels.push({ label, index, current: 0, forward: fresh(context, label), backward: fresh(context, label) })
  }
  return labels
}

function emit(context: Context, statements: readonly Statement[], labels: readonly Label[], from: number, to: number, opened: ReadonlySet<Label>): string {
  const lines: string[] = []
  for (let i = from; i < to; i++) {
    for (const label of labels) label.current = i
    const given = statements[i]!
    const far = labels.findLast((label) => label.index > i && label.index <= to && !opened.has(label) && jumpsTo(given, label.label))
    if (far) {
      checkLocals(statements, i, far)
      lines.push(`${far.forward}: {\n${emit(context, statements, labels, i, far.index, new Set([...opened, far]))}\n}`)
      context.line = -1
      i = far.index - 1
      continue
    }
    const here = given.type === 'label' ? labels.find((label) => label.index === i)! : null
    if (here && statements.slice(i + 1).some((later) => jumpsTo(later, here.label))) {
      if (statements.slice(to).some((later) => jumpsTo(later, here.label))) compileError(`<goto ${here.label}> crosses another goto, which Cuttle can not compile`, given.line)
      context.line = -1
      lines.push(`${here.backward}: for (;;) {\n${emit(context, statements, labels, i + 1, to, opened)}\nbreak;\n}`)
      context.line = -1
      return lines.join('\n')
    }
    lines.push(context.unit.emit.statement(context, given))
  }
  return lines.join('\n')
}

/** A goto to this label in it: not one of a function within it, and not one to a label of the same name further in. */
function jumpsTo(given: Statement, label: string): boolean {
  if (given.type === 'goto') return given.label === label
  return blocksOf(given).some(({ statements }: Block) => !statements.some((inner) => inner.type === 'label' && inner.label === label) && statements.some((inner) => jumpsTo(inner, label)))
}

/** Only to a label at the block's end may a jump pass a local. */
function checkLocals(statements: readonly Statement[], from: number, { label, index }: Label): void {
  if (statements.slice(index).every(({ type }) => type === 'label')) return
  const passed = statements.slice(from + 1, index).findLast((given) => given.type === 'local')
  if (passed?.type === 'local') compileError(`<goto ${label}> at line ${statements[from]!.line} jumps into the scope of local '${passed.names.at(-1)}'`, statements[index]!.line + 1)
}

export function jump(context: Context, { label, line }: Extract<Statement, { type: 'goto' }>): string {
  const target = context.labels.toReversed().flat().find((known) => known.label === label)
  if (!target) return compileError(`no visible label '${label}' for <goto> at line ${line}`, context.body.lastLine)
  if (target.current < target.index) return `break ${target.forward};`
  return `if (--S.fuel < 0) ${use(context, 'spend')}(S, 0);\ncontinue ${target.backward};`
}
