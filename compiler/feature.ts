/** The contract of a namespace: one folder below features/, its build-time half. ARCHITECTURE.md tells how to add one. */
import type { z } from 'zod'
import type { CreateStage, Json, Layer } from '../worker/types.ts'
import type { Path, Report } from './diagnostics.ts'
import type { Mismatch, Place } from './schema/namespaces.ts'

export interface FeaturePlace {
  place: Place
  at: Path
  report: Report
  /** Names of the path's parameters, as the endpoint spells them. */
  parameters: readonly string[]
}

export interface Feature {
  /** Its name in extra_config, and its folder. */
  namespace: string
  /** Where KrakenD, Community or Enterprise, reads it. */
  places: readonly Place[]
  /** Types as exact as KrakenD's own. */
  schema: z.ZodObject
  /** What KrakenD does with a wrong type: that key, or the whole block, counts as absent. */
  mismatch: Mismatch
  /** Options of the stages, one a layer, or nothing where the block has no effect. */
  normalise(config: never, place: FeaturePlace): { readonly [L in Layer]?: Json }
}

/** The options that a run-time half takes, by layer: what its exports of those names ask for. */
export type OptionsOf<W> = { [L in keyof W & Layer]?: W[L] extends CreateStage<L, infer O> ? O : never }

/** Ties the build-time half to its run-time half, so that tsc fails where they drift apart: `defineFeature<typeof worker>()({…})`. */
export const defineFeature =
  <W>() =>
  <S extends z.ZodObject>(definition: {
    namespace: string
    places: readonly Place[]
    schema: S
    mismatch: Mismatch
    normalise(config: z.output<S>, place: FeaturePlace): OptionsOf<W>
  }): Feature =>
    definition
