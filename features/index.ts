/** Every namespace that Cuttle has: one import line each. Used at build time only. */
import type { Feature } from '../compiler/feature.ts'

export const features: readonly Feature[] = []
