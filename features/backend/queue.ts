/** Addresses of topics, queues and subscriptions, as KrakenD's library reads them (gocloud.dev/pubsub): which service, and what run time has to know. */
import type { Path } from '../../compiler/diagnostics.ts'
import type { FeaturePlace } from '../../compiler/feature.ts'
import type { GoogleOptions } from '../../worker/queues/google.ts'
import type { CloudflareOptions } from '../../worker/queues/cloudflare.ts'
import type { SnsOptions } from '../../worker/queues/sns.ts'
import type { SqsOptions } from '../../worker/queues/sqs.ts'

export type Role = 'send' | 'take'
export interface Found {
  /** For made.code. */
  name: string
  options: GoogleOptions | CloudflareOptions | SnsOptions | SqsOptions
}

const HTTP_ONLY = 'Workers keep no connection to a broker'
/** Services that no gateway on Workers can reach, and the way out. */
const UNREACHABLE: { readonly [scheme: string]: string } = {
  kafka: 'call a REST proxy of Kafka (Confluent, Redpanda, Karapace) as an ordinary backend',
  nats: 'put an HTTP bridge before NATS and call it as an ordinary backend',
  rabbit: "call RabbitMQ's management API (POST /api/exchanges/VHOST/NAME/publish) as an ordinary backend",
  amqp: "call RabbitMQ's management API (POST /api/exchanges/VHOST/NAME/publish) as an ordinary backend",
  amqps: "call RabbitMQ's management API (POST /api/exchanges/VHOST/NAME/publish) as an ordinary backend",
  azuresb: "call Service Bus's HTTP API (POST /TOPIC/messages, with a SAS token) as an ordinary backend",
  mem: 'a memory is one isolate\'s own',
}

/** null: said why. KrakenD takes the backend for an ordinary one then, unless it is one of the above. */
export function findQueue(text: string, role: Role, at: Path, place: FeaturePlace): Found | null {
  const { report } = place
  const [, scheme = '', rest = '', search = ''] = /^([a-z0-9+.-]+):\/\/([^?]*)\??(.*)$/i.exec(text) ?? []
  const query = new URLSearchParams(search)
  const known = Object.hasOwn(UNREACHABLE, scheme) ? UNREACHABLE[scheme]! : null
  if (known) {
    report.error(at, 'no-broker', `${scheme}:// can't be reached: ${HTTP_ONLY}. Use cfqueue://, awssns://, awssqs:// or gcppubsub://, or ${known}`)
    return null
  }
  const found = scheme === 'awssns' && role === 'send' ? sns(rest, query, place) : scheme === 'awssqs' ? sqs(rest, query, role, place) : scheme === 'gcppubsub' ? google(rest, role, place) : scheme === 'cfqueue' ? cloudflare(rest, role, at, place) : null
  if (!found && scheme !== 'cfqueue') report.warn(at, 'bad-queue', `expected ${role === 'send' ? 'cfqueue://, awssns://, ' : ''}awssqs:// or gcppubsub:// and a name that fits it, found "${text}": the backend is an ordinary one`)
  return found
}

function aws(query: URLSearchParams, { environment }: FeaturePlace): { region: string | null; endpoint: string | null } {
  const region = query.get('region')
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) environment(name, true)
  for (const name of ['AWS_SESSION_TOKEN', ...(region ? [] : ['AWS_REGION'])]) environment(name, false)
  return { region, endpoint: query.get('endpoint')?.replace(/\/+$/, '') ?? null }
}

/** `awssns:///arn:aws:sns:REGION:ACCOUNT:TOPIC?region=REGION` */
function sns(rest: string, query: URLSearchParams, place: FeaturePlace): Found | null {
  const arn = rest.replace(/^\/+/, '')
  if (!arn.startsWith('arn:')) return null
  return { name: place.code('q.send', { q: 'worker/queues/sns' }), options: { arn, ...aws(query, place) } }
}

/** `awssqs://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE?region=REGION` */
function sqs(rest: string, query: URLSearchParams, role: Role, place: FeaturePlace): Found | null {
  const url = `https://${rest}`
  if (!URL.canParse(url)) return null
  return { name: place.code(`q.${role}`, { q: 'worker/queues/sqs' }), options: { url, ...aws(query, place) } }
}

/** `gcppubsub://projects/PROJECT/topics/TOPIC`, or in short `gcppubsub://PROJECT/TOPIC`. */
function google(rest: string, role: Role, place: FeaturePlace): Found | null {
  const kind = role === 'send' ? 'topics' : 'subscriptions'
  const [, project, name] = new RegExp(`^(?:projects/([^/]+)/${kind}|([^/]+))/([^/]+)$`).exec(rest)?.filter((part) => part !== undefined) ?? []
  if (!project || !name) return null
  place.environment('GOOGLE_APPLICATION_CREDENTIALS_JSON', true)
  place.environment('PUBSUB_EMULATOR_HOST', false)
  return { name: place.code(`q.${role}`, { q: 'worker/queues/google' }), options: { resource: `projects/${project}/${kind}/${name}` } }
}

/** `cfqueue://QUEUE`: a Cloudflare Queue. */
function cloudflare(rest: string, role: Role, at: Path, { report, target, code, sendsTo }: FeaturePlace): Found | null {
  const queue = rest.replace(/\/+$/, '')
  if (!isQueueName(queue)) report.error(at, 'bad-queue', `expected the name of a Cloudflare Queue, found "${queue}"`)
  else if (role === 'take') report.error(at, 'no-pull', `a Cloudflare Queue hands its messages to the gateway: take them with an async_agent, not at a request`)
  else if (target !== null && target !== 'cloudflare') report.error(at, 'cloudflare-only', `cfqueue://${queue} is there on Cloudflare alone: use awssqs:// or gcppubsub:// for ${target}`)
  else return { name: code('q.send', { q: 'worker/queues/cloudflare' }), options: { binding: sendsTo(queue), queue } }
  return null
}

export const isQueueName = (name: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(name)
