/** The io library where there are no files: nothing opens, output goes to the log. */
import { raise, type State } from '../state.ts'
import { createModule, createUserdata, type Fn, isModule, type Module, type Value } from '../value.ts'
import { type Arguments, optionalText, textOf } from './arguments.ts'

const opened: Fn = (state, ...given) => [undefined, `open ${textOf(state, given, 1, 'open')}: no such file or directory`, 2]
const write = (state: State, given: Arguments, from: number): true => {
  state.host.print(given.slice(from).map((_, i) => textOf(state, given, from + i + 1, 'write')).join('').replace(/\n$/, ''))
  return true
}

const METHODS = createModule({
  close: () => true,
  flush: () => true,
  lines: (state) => raise(state, 'file is closed'),
  read: () => undefined,
  seek: () => [undefined, 'seek: illegal seek', 29],
  setvbuf: () => true,
  write: (state, ...given) => (write(state, given, 1), given[0]),
})
const FILE: Module = createModule({ __index: METHODS })
const standard = (): Value => createUserdata(null, FILE)

export const IO = createModule({
  close: () => true,
  flush: () => true,
  input: standard,
  lines: (state, ...given) => raise(state, `open ${optionalText(state, given, 1, 'lines', '')}: no such file or directory`),
  open: opened,
  output: standard,
  popen: (state) => raise(state, 'popen is not supported'),
  read: () => undefined,
  stderr: standard(),
  stdin: standard(),
  stdout: standard(),
  tmpfile: () => [undefined, 'tmpfile: permission denied', 1],
  type: (_state, value) => (typeof value === 'object' && value.kind === 'userdata' && isModule(value.meta) ? 'file' : undefined),
  write: (state, ...given) => (write(state, given, 0), standard()),
})
