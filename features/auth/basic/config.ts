import { z } from 'zod'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import type * as worker from './worker.ts'

const schema = z.object({
  htpasswd_path: z.string().optional(),
  users: z.record(z.string(), z.string()).optional(),
})
type Users = Map<string, string>

export default defineFeature<typeof worker>()({
  namespace: 'auth/basic',
  places: ['service', 'endpoint'],
  schema,
  mismatch: 'close',
  normalise({ htpasswd_path, users }, place) {
    const all: Users = new Map()
    if (htpasswd_path !== undefined) readFile(htpasswd_path, all, place)
    for (const [user, hash] of Object.entries(users ?? {})) addUser(user, hash, ['users', user], all, place)
    if (!all.size) place.report.warn(place.at, 'closed', 'expected users with bcrypt hashes, found none: nobody gets in')
    const options = { binding: place.damaged || !all.size ? null : place.secret(JSON.stringify(Object.fromEntries(all)), 'AUTH_BASIC_USERS') }
    return { guarded: true, ...(place.place === 'service' ? { route: options } : { endpoint: options }) }
  },
})

/** Lines of `user:hash`, as `htpasswd -B` writes them. */
function readFile(file: string, users: Users, place: FeaturePlace): void {
  const text = place.readFile(file)
  if (text === null) return place.report.error([...place.at, 'htpasswd_path'], 'no-such-file', `cannot read ${file}: it is neither beside the configuration nor in the current folder`)
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) addUser(line.slice(0, colon), line.slice(colon + 1).trim(), ['htpasswd_path'], users, place)
  }
}

function addUser(user: string, hash: string, key: readonly string[], users: Users, { at, report }: FeaturePlace): void {
  if (/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(hash)) users.set(user, hash)
  else report.warn([...at, ...key], 'no-bcrypt', `expected a bcrypt hash for ${user}, as \`htpasswd -B\` makes it: ${user} does not get in`)
}
