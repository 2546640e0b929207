/** Which store a cache has. */
import type { Platform } from '../types.ts'
import { createLocationStore } from './location.ts'
import { type Bounds, createMemoryStore, type Store } from './store.ts'

/** Caches without bounds of their own have one memory together: KrakenD's grow without end, an isolate has 128 MB. */
const COMMON: Bounds = { items: 10_000, bytes: 32 * 1024 * 1024 }

/** The stores of an isolate that several backends share; one platform is one isolate. */
const shared = new WeakMap<Platform, Map<string, Store>>()

/** `scope` '' is shared: one store for all such caches without bounds and one for those with, whose bounds are those of the first that is asked. */
export function storeOf(platform: Platform, scope: string, bounds: Bounds | null): Store {
  if (bounds && scope) return createMemoryStore(bounds)
  let stores = shared.get(platform)
  if (!stores) shared.set(platform, (stores = new Map()))
  const name = bounds ? 'bounded' : ''
  let store = stores.get(name)
  if (!store) stores.set(name, (store = bounds ? createMemoryStore(bounds) : platform.openCache ? createLocationStore(platform.openCache) : createMemoryStore(COMMON)))
  return store
}
