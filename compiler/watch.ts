/** Files that are watched: editors write them in place or put another in their place, so that only their folders can be. */
import { type FSWatcher, readdirSync, readFileSync, statSync, watch } from 'node:fs'
import path from 'node:path'

/** Editors write in several steps. */
const SETTLE_MS = 50

/**
 * Calls `onChange` after what `files` names has changed, one call at a time; what changes meanwhile is told by another. It is asked again
 * after each call. Files that are not there yet count too, and a folder stands for the files in it. Gives the function that ends it, once
 * a call under way has ended.
 */
export function watchFiles(files: () => readonly string[], onChange: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let running = false
  let change = Promise.resolve()
  let stopped = false
  const look = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void compare(), SETTLE_MS)
  }
  let watched = watchAll(files(), look)
  const compare = async (): Promise<void> => {
    if (running || !hasChanged(watched)) return
    // What is read anew is compared with what is there now, and not with what is there once it has been read.
    watched.texts = watched.names.map(textOf)
    running = true
    const began = Date.now()
    await (change = onChange())
    running = false
    if (stopped) return
    if (files().join('\0') !== watched.names.join('\0')) {
      watched.stop()
      watched = watchAll(files(), look, watched, began)
    }
    look()
  }
  return async () => {
    stopped = true
    clearTimeout(timer)
    watched.stop()
    await change
  }
}

interface Watched {
  names: readonly string[]
  texts: readonly (string | null)[]
  stop(): void
}

const hasChanged = ({ names, texts }: Watched): boolean => names.some((name, i) => textOf(name) !== texts[i])

/** Of names that were watched before, the text that they had then counts. Others count as changed if they may have been read before that. */
function watchAll(names: readonly string[], look: () => void, before?: Watched, readSince = Number.POSITIVE_INFINITY): Watched {
  const known = new Map(before?.names.map((name, i) => [name, before.texts[i]!]))
  const texts = names.map((name) => (known.has(name) ? known.get(name)! : isNewer(name, readSince) ? null : textOf(name)))
  const within = new Map<string, Set<string> | null>()
  for (const name of names) {
    if (isFolder(name)) within.set(path.normalize(name), null)
    const folder = path.dirname(name)
    if (within.get(folder) !== null) within.set(folder, (within.get(folder) ?? new Set()).add(path.basename(name)))
  }
  const watchers = [...within].map(([folder, only]) => watchFolder(folder, only, look))
  return {
    names,
    texts,
    stop: () => {
      for (const watcher of watchers) watcher?.close()
    },
  }
}

/** `only`: these names in it; null: all of them. A folder that is not there can't be watched. */
function watchFolder(folder: string, only: ReadonlySet<string> | null, look: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, (_, name) => {
      if (name === null || only === null || only.has(name)) look()
    })
    return watcher.on('error', () => undefined)
  } catch {
    return null
  }
}

/** File systems round times. */
const ROUNDED_MS = 20
const isNewer = (name: string, time: number): boolean => (statSync(name, { throwIfNoEntry: false })?.mtimeMs ?? 0) > time - ROUNDED_MS

const isFolder = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isDirectory() === true

function textOf(name: string): string | null {
  try {
    return isFolder(name) ? readdirSync(name).toSorted().map((entry) => `${entry}\0${isFolder(path.join(name, entry)) ? '' : readFileSync(path.join(name, entry), 'utf8')}`).join('\0') : readFileSync(name, 'utf8')
  } catch {
    return null
  }
}
