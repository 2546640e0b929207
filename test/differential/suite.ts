/** What is played: a configuration, what its upstreams answer, and requests; the form of ../conformance/README.md. */
import type { Dice, Fields } from './dice.ts'

export interface Suite {
  config: { endpoints: readonly Endpoint[]; [name: string]: unknown }
  upstreams: { readonly [name: string]: { readonly [route: string]: Fields } }
  cases: readonly Case[]
  env?: { readonly [name: string]: string }
  /** The configuration is one that must not start. */
  refused?: boolean
}

export interface Endpoint {
  endpoint: string
  method?: string
  [name: string]: unknown
}

export interface Case {
  name: string
  /** How long the upstreams may still be asked after the answer. */
  settle_ms?: number
  request: { path: string; method?: string; headers?: { readonly [name: string]: string }; body?: string }
}

export type Generate = (dice: Dice) => Suite

/** Where every generator's backends are. */
export const HOST = ['http://upstream-a']
/** Tells in its answer what it was sent. */
export const ECHO = { '* /*': { echo: true } }
