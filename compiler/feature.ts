/** The contract of a namespace: one folder below features/, its build-time half. ARCHITECTURE.md tells how to add one. */
import type { z } from 'zod'
import type { BodyLimits } from '../worker/request-body.ts'
import type { CreateListen, CreateStage, Json, Layer, ProxyPlan } from '../worker/types.ts'
import type { Path, Report } from './diagnostics.ts'
import type { Target } from './emit/module.ts'
import type { ModuleExports } from './normalise/modules.ts'
import type { LimitBindings } from './normalise/limits.ts'
import type { ExtraConfig, Mismatch, Place } from './schema/namespaces.ts'

export interface FeaturePlace {
  place: Place
  /** What the configuration calls itself; may be empty. */
  serviceName: string
  at: Path
  report: Report
  /** Something in the block had a wrong type, and was left out. */
  damaged: boolean
  /** Names of the path's parameters, as the endpoint spells them. */
  parameters: readonly string[]
  /** Names that the url_patterns of the endpoint's backends ask for, its parameters among them. */
  placeholders: readonly string[]
  /** What names a backend: its url_pattern without the query, which may hold keys. And its hosts as they are written. */
  pattern: string | null
  hosts: readonly string[]
  /** extra_config of the other backends of a backend's endpoint, by today's names. */
  siblings: readonly ExtraConfig[]
  /** Somebody at the endpoint tells numbers that Go holds as doubles from those of an upstream: a stage that makes some marks them. */
  doubles: boolean
  /** What stands in a backend like an endpoint of its own, a workflow: its pipeline. It is asked by the backend's method. null: it can't be used, which is reported. */
  nested(endpoint: ExtraConfig, ignoresErrors: boolean): Nested | null
  /** The blocks of extra_config here and around it, by today's names: a key at the service may speak to every endpoint. */
  around: { readonly [P in Place]?: ExtraConfig }
  /**
   * Text for what JSON can't say: a JavaScript expression, compiled here because Workers know no eval. Gives its name for the options;
   * `made.code(name)` is its value. `modules` are those of the run time that it needs, by the names it has for them: `{ r: 'worker/cel/operators' }`.
   * It is evaluated with the module: let it be a function. The same text is kept once.
   */
  code(expression: string, modules?: { readonly [name: string]: string }): string
  /** A file of the user's, TypeScript or JavaScript, to be bundled: `made.code(name)` is the module. null: there is no such file. */
  module(file: string): string | null
  /** Names that such a module exports, and what keeps it from being built. */
  exportsOf(file: string): ModuleExports
  /** `plugin.folder`: where plugins are that the configuration names without a file. */
  pluginFolder: string
  /**
   * A text that must not stand in the bundle: a key, a password. Gives the name of the binding that has it at run time,
   * `platform.binding(name)`; made of `hint`, which says whose it is: `AUTH_API_KEYS`.
   */
  secret(value: string, hint: string): string
  /** A text of the environment that run time reads by its name, `platform.binding(name)`. What is `required` is asked for at deployment. */
  environment(name: string, required: boolean): void
  /** Asks for a KV namespace; elsewhere than on Cloudflare the environment's text of that name says where to look instead. */
  kv(name: string): void
  /** Of requests that are read whole. */
  requestBody: BodyLimits
  /** Where the gateway will run, if that is known. */
  target: Target | null
  /** Asks for what a limit is counted with where isolates share it. */
  limits: LimitBindings
  /** Asks for a dataset of Analytics Engine. Gives the binding's name. */
  dataset(name: string): string
  /** Asks for a Cloudflare Queue to send to. Gives the name of its binding. */
  sendsTo(queue: string): string
  /** The text of a file beside the configuration, or else below the current folder. null: there is none. */
  readFile(file: string): string | null
  /** All files below a folder, by their paths from it, `/a/b.txt`, and no more bytes of them than so many. null: there is none. */
  readFolder(folder: string, maxBytes: number): ReadonlyMap<string, Uint8Array> | 'too-large' | null
}

export interface Nested {
  pipeline: ProxyPlan
  /** Its time, where it has one of its own. */
  timeoutMs: number | null
  readsBody: boolean
  /** How many calls it makes at once. */
  calls: number
}

/** What a block adds to the pipeline where it stands, and under `start` what is to be done before requests need it: once for equal options. */
export type Contributed<W> = OptionsOf<W> & {
  /** Ports of their own that answer beside the gateway's, on nodes that run by themselves. */
  listen?: readonly Listening<W extends { listen: CreateListen<infer O> } ? O : never>[]
  /** Its stages read the request's body, so it is read whole first. */
  readsBody?: boolean
  /** Answers are for the asker alone: caches are told `private`. */
  guarded?: boolean
  /** A backend's answers are decoded so, whatever its `encoding` says; data: its transport has done it. */
  decodes?: 'json' | 'data'
  /** How many calls a backend makes at once. */
  calls?: number
  /** Of an endpoint: its path has OPTIONS too, which the module's `respond` answers from `{ allow, methods: { GET: preflight } }`. */
  preflight?: object
}

export interface Feature {
  /** Its name in extra_config, and its folder. */
  namespace: string
  /** Where KrakenD, Community or Enterprise, reads it. */
  places: readonly Place[]
  /** The service's block holds at every endpoint and backend too, where none of their own stands: `normalise` is asked there as well. */
  inherits?: true
  /** Types as exact as KrakenD's own. What is no object is read whole, or is off. */
  schema: z.ZodType
  /** What KrakenD does with a wrong type: that key, or the whole block, counts as absent. */
  mismatch: Mismatch
  /** Options of the stages, one a layer, or nothing where the block has no effect. */
  normalise(config: never, place: FeaturePlace): { readonly [P in Layer | Terminal | 'start' | 'log']?: Json } & { readonly readsBody?: boolean; readonly guarded?: boolean; readonly preflight?: object; readonly decodes?: 'json' | 'data'; readonly calls?: number; readonly listen?: readonly Listening<unknown>[] }
}

export interface Listening<O> {
  /** Of its socket: `metrics`. */
  name: string
  address: string
  port: number
  /** Where the configuration says so: a port that is taken can't be had twice. */
  at: Path
  options: O
}

/** What a feature may replace, by itself alone: innermost handlers of a backend, and what writes an endpoint's answer. */
export type Terminal = 'transport' | 'call' | 'answer'

/** The options that a run-time half takes, by layer: what its exports of those names ask for. */
export type OptionsOf<W> = { [L in keyof W & Layer]?: W[L] extends CreateStage<L, infer O> ? O : never } & {
  [T in keyof W & (Terminal | 'start' | 'log')]?: W[T] extends (options: infer O, ...rest: never) => unknown ? O : never
}

/** A feature with its types: from them `cuttle/config` knows what may stand where. */
export interface TypedFeature<N extends string, P extends Place, S extends z.ZodType> extends Feature {
  namespace: N
  places: readonly P[]
  schema: S
}

/** Ties the build-time half to its run-time half, so that tsc fails where they drift apart: `defineFeature<typeof worker>()({…})`. */
export const defineFeature =
  <W>() =>
  <const N extends string, const P extends Place, S extends z.ZodType>(definition: {
    namespace: N
    places: readonly P[]
    inherits?: true
    schema: S
    mismatch: Mismatch
    normalise(config: z.output<S>, place: FeaturePlace): Contributed<W>
  }): TypedFeature<N, P, S> =>
    definition
