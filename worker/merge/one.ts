/** One backend: nothing to merge. */
import type { CreateMerge } from '../types.ts'

export const merge: CreateMerge<Record<string, never>> = (_options, _made, [backend]) => (request, ctx) => backend!(request, ctx)
