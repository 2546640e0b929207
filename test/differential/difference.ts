/** Which differences are told, and how. */
import type { Difference } from './play.ts'
import type { Case, Endpoint, Suite } from './suite.ts'

const requestOf = (suite: Suite, { case: name }: Difference): Case['request'] | undefined => suite.cases.find((one) => one.name === name)?.request

/** Differences on purpose (test/deviations.json). */
export function isKnown(suite: Suite, difference: Difference, kind: string): boolean {
  const told = difference.problems.join('\n')
  // A template that fails is an error, where KrakenD reads the file as it stands.
  if (kind === 'templates' && difference.case === 'starts') return true
  // A parameter that would leave its path on the way to the upstream is refused.
  if (told.includes('have "error: encoded url params') && /\.|%2e|\?|%3f|#|%23/i.test(requestOf(suite, difference)?.path ?? '')) return true
  // The other gateway failed within: nothing to be alike.
  return told.includes('want a broken connection')
}

export function describe(suite: Suite, difference: Difference): string {
  const request = requestOf(suite, difference)
  const endpoint = request && endpointOf(suite, request)
  const lines = [difference.case, request && `request ${JSON.stringify(request)}`, endpoint && `endpoint ${JSON.stringify(endpoint)}`, ...difference.problems]
  return lines.filter((line) => line !== undefined).join('\n    ')
}

/** The one that a request most likely means. */
function endpointOf({ config }: Suite, { path, method = 'GET' }: Case['request']): Endpoint | undefined {
  const parts = path.split('?', 1)[0]!.split('/')
  return config.endpoints.find((one) => {
    const wanted = one.endpoint.split('/')
    return (one.method ?? 'GET') === method && wanted.length === parts.length && wanted.every((part, i) => part.includes('{') || part === parts[i])
  })
}
