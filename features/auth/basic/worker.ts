/** 401 without a user's name and password. From KrakenD's Enterprise edition (docs/authentication.md). */
import { digest } from '../../../worker/password/digest.ts'
import { matches } from '../../../worker/password/bcrypt.ts'
import { createRecent } from '../../../worker/token/recent.ts'
import type { CreateStage, Incoming, Made, Serve } from '../../../worker/types.ts'
import { lenient } from '../../../worker/utf8.ts'

export interface Options {
  /** The binding with the bcrypt hashes by user; null: nobody gets in. */
  binding: string | null
}

const create = ({ binding }: Options, made: Made): ((next: Serve) => Serve) => {
  const isGood = binding === null ? null : createCheck(binding, made)
  return (next) => async (incoming, ctx) => (isGood && (await isGood(incoming)) ? next(incoming, ctx) : unauthorized())
}
export const route: CreateStage<'route', Options> = (options, made) => create(options, made)
export const endpoint: CreateStage<'endpoint', Options> = (options, made) => create(options, made)

const unauthorized = (): Response => new Response(null, { status: 401, headers: { 'www-authenticate': 'Basic realm="gateway", charset="UTF-8"' } })

/** Answers that are remembered, good and bad: a check costs as much time as a hundred requests. */
const REMEMBERED = 2000

function createCheck(binding: string, { platform }: Made): (incoming: Incoming) => Promise<boolean> {
  const text = platform.binding(binding)
  if (typeof text !== 'string') throw new Error(`nothing is bound to ${binding}: the passwords are a secret of this gateway`)
  const users = new Map(Object.entries(JSON.parse(text) as { [user: string]: string }))
  // Compared with where nobody has the name, so that the time does not tell who is there.
  const [someone = ''] = users.values()
  const known = createRecent<boolean>(REMEMBERED)
  return async ({ headers }) => {
    const given = readCredentials(headers.get('authorization'))
    if (!given) return false
    // By digest: no password stays in memory.
    const name = await digest('sha256', JSON.stringify(given))
    const before = known.get(name)
    if (before !== undefined) return before
    const hash = users.get(given.user)
    const good = (await matches(given.password, hash ?? someone)) && hash !== undefined
    known.set(name, good)
    return good
  }
}

interface Credentials {
  user: string
  password: string
}

function readCredentials(header: string | null): Credentials | null {
  const [, encoded] = /^basic +([A-Za-z0-9+/=]{1,4096})$/i.exec(header ?? '') ?? []
  if (!encoded) return null
  try {
    const text = lenient.decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)))
    const colon = text.indexOf(':')
    return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) }
  } catch {
    return null
  }
}
