/**
 * The Durable Object behind `accuracy: global`: one for each limit and key. It is a class since Workers ask for one. What it holds in memory is
 * lost when it rests for some seconds, so a bucket that takes longer to fill is written down, and cleared away once it is full.
 */
import type { Rate } from './bucket.ts'
import { full, fullAfterMs, lease, type Level } from './lease.ts'

/** The part of a Durable Object's state that is used. */
interface State {
  storage: {
    get<T>(key: string): Promise<T | undefined>
    put(key: string, value: unknown): Promise<void>
    deleteAll(): Promise<void>
    getAlarm(): Promise<number | null>
    setAlarm(at: number): Promise<void>
  }
}
export interface LeaseRequest {
  rate: Rate
  wanted: number
}

type Written = Level & { fullAt: number }

/** An object at rest stays in memory for at least so long. */
const REMEMBERED_MS = 5000
const LEVEL = 'level'

export class CuttleLimits {
  readonly #storage: State['storage']
  #level: Level | null = null
  #hasAlarm = false

  constructor({ storage }: State) {
    this.#storage = storage
  }

  async fetch(request: Request): Promise<Response> {
    const { rate, wanted } = (await request.json()) as LeaseRequest
    const written = fullAfterMs(rate) > REMEMBERED_MS
    const now = Date.now()
    this.#level ??= (written && (await this.#storage.get<Written>(LEVEL))) || full(rate, now)
    const leased = lease(this.#level, rate, wanted, now)
    if (written && leased.granted) await this.#write({ ...this.#level, fullAt: now + fullAfterMs(rate) })
    return Response.json(leased)
  }

  async #write(level: Written): Promise<void> {
    await this.#storage.put(LEVEL, level)
    if (this.#hasAlarm) return
    this.#hasAlarm = true
    if ((await this.#storage.getAlarm()) === null) await this.#storage.setAlarm(level.fullAt)
  }

  /** A bucket that is full again need not be known any more. */
  async alarm(): Promise<void> {
    const level = await this.#storage.get<Written>(LEVEL)
    if (level && Date.now() < level.fullAt) return this.#storage.setAlarm(level.fullAt)
    this.#hasAlarm = false
    this.#level = null
    await this.#storage.deleteAll()
  }
}
