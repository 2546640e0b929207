/** Functions that security/policies has beside CEL's (KrakenD Enterprise, "advanced macros"). */
import type { Further } from './compile.ts'
import type { Overload } from './library.ts'
import { BOOL, DOUBLE, DYN, INT, STRING, type Type } from './types.ts'

const free = (takes: readonly Type[], gives: Type): Overload => ({ member: false, takes, gives })
const between = [INT, DOUBLE].flatMap((type): Overload[] => [free([type, type, type], BOOL), { ...free([type, type, type], BOOL), member: true }])
const has = [free([STRING], BOOL)]
const get = [free([STRING], STRING)]

export const MACROS: Further = {
  module: 'worker/cel/macros',
  functions: {
    between,
    isEmpty: [free([DYN], BOOL)],
    hasHeader: has,
    getHeader: get,
    hasCookie: has,
    getCookie: get,
    hasQuerystring: has,
    getQuerystring: get,
  },
}
