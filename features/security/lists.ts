/** Lists of texts as KrakenD's security modules read them. */
import { type Path, type Report, show } from '../../compiler/diagnostics.ts'

/** What is no text in it is passed over. */
export function textsIn(list: readonly unknown[] | undefined, at: Path, report: Report): string[] {
  return (list ?? []).filter((item, i): item is string => {
    if (typeof item !== 'string') report.warn([...at, i], 'wrong-type', `expected a text, found ${show(item)}: it does nothing`)
    return typeof item === 'string'
  })
}
