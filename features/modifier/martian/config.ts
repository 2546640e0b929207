import { z } from 'zod'
import { defineFeature, type FeaturePlace } from '../../../compiler/feature.ts'
import type { Step } from '../../../worker/martian/program.ts'
import { OffError } from './fields.ts'
import { embedFrom } from './embed.ts'
import { type Both, NAMES, readModifier } from './modifiers.ts'
import type * as worker from './worker.ts'

export default defineFeature<typeof worker>()({
  namespace: 'modifier/martian',
  places: ['backend'],
  schema: z.object(Object.fromEntries(NAMES.map((name) => [name, z.unknown().optional()]))).loose(),
  // Names of modifiers are exact, other than the keys within them (transform/RULES.md §1).
  mismatch: 'key',
  normalise(raw, place) {
    const { request = null, response = null } = readTree(raw, place)
    if (!request && !response) return {}
    warn(request, place)
    return { client: { request, response } }
  },
})

/** A fault anywhere turns the whole tree off. */
function readTree(raw: unknown, place: FeaturePlace): Both {
  const { at, report } = place
  try {
    return readModifier({ value: raw, at }, embedFrom(place))
  } catch (error) {
    if (!(error instanceof OffError)) throw error
    report.warn(error.at, 'martian-off', `${error.message}: all of modifier/martian is off here`, { opensDoor: true, ...(error.suggestion && { suggestion: error.suggestion }) })
    return {}
  }
}

/** What fetch can't do as Go does. */
function warn(step: Step | null, place: Pick<FeaturePlace, 'at' | 'report'>): void {
  const { at, report } = place
  if (!step) return
  if (step.do === 'all') for (const one of step.steps) warn(one, place)
  else if (step.do === 'if') for (const one of [step.yes, step.no]) warn(one, place)
  else if (step.do === 'panic') report.warn(at, 'always-fails', 'a verifier of Martian ends the request with 500, as in KrakenD')
  else if (step.do === 'body' && step.type === '') report.warn(at, 'no-content-type', 'body.Modifier without contentType: the request goes without a Content-Type, where KrakenD sends an empty one')
  else if ((step.do === 'set' && step.name === 'host') || (step.do === 'copy' && step.to === 'host')) report.warn(at, 'fixed-host', 'upstreams are sent the Host of their address: fetch allows no other')
  else if (step.do === 'url' && step.host) report.warn(at, 'fixed-host', `upstreams are sent the Host of the new address, ${step.host}; KrakenD sends that of the old one`)
}
