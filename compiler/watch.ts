/** Files that are watched: editors write them in place or put another in their place, so that only their folders can be. */
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import path from 'node:path'

/** Editors write in several steps. */
const SETTLE_MS = 50

/**
 * Calls `onChange` after texts have changed, one call at a time; what changes meanwhile is told by another.
 * Files that are not there yet count too. Gives the function that ends it.
 */
export function watchFiles(files: readonly string[], onChange: () => Promise<void>): () => void {
  let texts = files.map(textOf)
  let timer: NodeJS.Timeout | undefined
  let running = false
  const look = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void compare(), SETTLE_MS)
  }
  const compare = async (): Promise<void> => {
    const now = files.map(textOf)
    if (running || now.every((text, i) => text === texts[i])) return
    texts = now
    running = true
    await onChange()
    running = false
    look()
  }
  const folders = new Set(files.map((file) => path.dirname(file)))
  const watchers = [...folders].map((folder) => watchFolder(folder, new Set(files.filter((file) => path.dirname(file) === folder).map((file) => path.basename(file))), look))
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}

function watchFolder(folder: string, names: ReadonlySet<string>, look: () => void): FSWatcher {
  const watcher = watch(folder, (_, name) => {
    if (name === null || names.has(name)) look()
  })
  return watcher.on('error', () => undefined)
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
