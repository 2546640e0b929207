/** A configuration's file → its source: JSON, YAML, TOML, a template of one of them, or a module. */
import { readUserFile } from '../user-files.ts'
import { applyEnvironment, type Environment } from './environment.ts'
import { isFlexible, render } from './flexible.ts'
import { formatOf, readText, type Source, unread } from './source.ts'

const isModule = (file: string): boolean => /\.[cm]?[jt]s$/.test(file)

/** Throws UnreadableError where the file can't be understood, and UserError where it can't be read. */
export async function readConfiguration(file: string, environment: Environment = process.env): Promise<Source> {
  const source = unread(file, readUserFile(file))
  // Loaded only where it is needed: it brings the bundler.
  if (isModule(file)) return applyEnvironment(await (await import('./typed.ts')).readModule(source), environment)
  if (!isFlexible(environment)) return applyEnvironment(readText(source, source.text, formatOf(file)), environment)
  const { text, format, positionOf, warnings } = render(source, environment)
  return applyEnvironment(readText({ ...source, warnings }, text, format, positionOf), environment)
}
