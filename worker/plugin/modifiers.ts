/** plugin/req-resp-modifier: modifiers of requests in the order of their names, then those of answers, in that order too (lura, proxy/plugin.go). */
import type { Modifier } from '../plugins.ts'
import type { Context, CreateStage, GatewayRequest, Made, Outcome } from '../types.ts'
import { type Opened, fromPluginRequest, openAnswer, toOutcome, toPluginRequest } from './exchange.ts'
import { loadPlugin, type PluginUse } from './load.ts'

export interface ModifierOptions {
  plugins: readonly PluginUse[]
}
const MODIFIER = { is: (plugin: unknown): boolean => typeof (plugin as Modifier | null)?.request === 'function' || typeof (plugin as Modifier | null)?.response === 'function', expected: 'an object with request or response' }

type Send = (request: GatewayRequest, ctx: Context) => Promise<Outcome>

function create({ plugins }: ModifierOptions, made: Made): (next: Send) => Send {
  const modifiers = plugins.map((use) => ({ name: use.name, ...bound(loadPlugin<Modifier>(use, MODIFIER, made)) }))
  const inwards = modifiers.filter(({ request }) => request)
  const outwards = modifiers.filter(({ response }) => response)

  async function modifyRequest(request: GatewayRequest): Promise<GatewayRequest | Outcome> {
    const opened = toPluginRequest(request)
    for (const { name, request: modify } of inwards) {
      try {
        await modify!(opened)
      } catch (error) {
        return toOutcome(error, name)
      }
    }
    return fromPluginRequest(opened, request)
  }

  async function modifyAnswer(outcome: Outcome, request: GatewayRequest): Promise<Outcome> {
    // An error beside an answer goes past them, as in KrakenD.
    if (!outcome.answer || outcome.errors.length) return outcome
    const opened: Opened = openAnswer(outcome.answer)
    const asked = toPluginRequest(request)
    for (const { name, response: modify } of outwards) {
      try {
        await modify!(opened, asked)
      } catch (error) {
        return toOutcome(error, name)
      }
    }
    return { ...outcome, answer: opened.close() }
  }

  return (next) => async (request, ctx) => {
    const changed = inwards.length ? await modifyRequest(request) : request
    if ('errors' in changed) return changed
    const outcome = await next(changed, ctx)
    return outwards.length ? modifyAnswer(outcome, changed) : outcome
  }
}

const bound = (modifier: Modifier): Modifier => ({ ...(modifier.request && { request: (request) => modifier.request!(request) }), ...(modifier.response && { response: (response, request) => modifier.response!(response, request) }) })

export const proxy: CreateStage<'proxy', ModifierOptions> = create
export const backend: CreateStage<'backend', ModifierOptions> = create
