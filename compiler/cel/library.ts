/** CEL's standard functions as cel-go declares them (common/stdlib/standard.go): which types they take and give. KrakenD adds none. */
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, listOf, mapOf, NULL, param, STRING, TIMESTAMP, type Type, typeOf, UINT } from './types.ts'

export interface Overload {
  /** Called as `first.name(others)`. */
  member: boolean
  takes: readonly Type[]
  gives: Type
}
export type Library = { readonly [name: string]: readonly Overload[] }

const A = param('A')
const B = param('B')
const LIST = listOf(A)
const MAP = mapOf(A, B)

/** The result stands last. */
const free = (...types: readonly Type[]): Overload => ({ member: false, takes: types.slice(0, -1), gives: types.at(-1)! })
const member = (...types: readonly Type[]): Overload => ({ ...free(...types), member: true })
const both = (...types: readonly Type[]): Overload[] => [free(...types), member(...types)]
/** Operators within one type. */
const within = (...types: readonly Type[]): Overload[] => types.map((type) => free(type, type, type))
const conversion = (to: Type, ...from: readonly Type[]): Overload[] => from.map((type) => free(type, to))

const NUMBERS = [INT, UINT, DOUBLE]
const ORDERED = [...NUMBERS.flatMap((a) => NUMBERS.map((b) => free(a, b, BOOL))), ...[BOOL, STRING, BYTES, TIMESTAMP, DURATION].map((type) => free(type, type, BOOL))]
const IN = [free(A, LIST, BOOL), free(A, MAP, BOOL)]
const TEXT = [member(STRING, STRING, BOOL)]
const DATE = [member(TIMESTAMP, INT), member(TIMESTAMP, STRING, INT)]
const TIME = [...DATE, member(DURATION, INT)]

export const STANDARD: Library = {
  '_?_:_': [free(BOOL, A, A, A)],
  '_&&_': [free(BOOL, BOOL, BOOL)],
  '_||_': [free(BOOL, BOOL, BOOL)],
  '!_': [free(BOOL, BOOL)],
  '@not_strictly_false': [free(BOOL, BOOL)],
  '_==_': [free(A, A, BOOL)],
  '_!=_': [free(A, A, BOOL)],
  '_+_': [...within(BYTES, DOUBLE, DURATION, INT, LIST, STRING, UINT), free(DURATION, TIMESTAMP, TIMESTAMP), free(TIMESTAMP, DURATION, TIMESTAMP)],
  '_-_': [...within(DOUBLE, DURATION, INT, UINT), free(TIMESTAMP, DURATION, TIMESTAMP), free(TIMESTAMP, TIMESTAMP, DURATION)],
  '_*_': within(DOUBLE, INT, UINT),
  '_/_': within(DOUBLE, INT, UINT),
  '_%_': within(INT, UINT),
  '-_': [free(DOUBLE, DOUBLE), free(INT, INT)],
  '_<_': ORDERED,
  '_<=_': ORDERED,
  '_>_': ORDERED,
  '_>=_': ORDERED,
  '_[_]': [free(LIST, INT, A), free(MAP, A, B)],
  '@in': IN,
  size: [BYTES, LIST, MAP, STRING].flatMap((type) => both(type, INT)),
  type: [free(A, typeOf(A))],
  bool: conversion(BOOL, BOOL, STRING),
  bytes: conversion(BYTES, BYTES, STRING),
  double: conversion(DOUBLE, ...NUMBERS, STRING),
  duration: conversion(DURATION, DURATION, STRING),
  dyn: [free(A, DYN)],
  int: conversion(INT, ...NUMBERS, DURATION, STRING, TIMESTAMP),
  string: conversion(STRING, ...NUMBERS, STRING, BOOL, BYTES, DURATION, TIMESTAMP),
  timestamp: conversion(TIMESTAMP, TIMESTAMP, INT, STRING),
  uint: conversion(UINT, ...NUMBERS, STRING),
  contains: TEXT,
  endsWith: TEXT,
  startsWith: TEXT,
  matches: both(STRING, STRING, BOOL),
  ...Object.fromEntries(['getFullYear', 'getMonth', 'getDayOfYear', 'getDayOfMonth', 'getDate', 'getDayOfWeek'].map((name) => [name, DATE])),
  ...Object.fromEntries(['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'].map((name) => [name, TIME])),
}

/** Types are values too: `type(x) == string`. */
export const TYPES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['bool', BOOL], ['bytes', BYTES], ['double', DOUBLE], ['int', INT], ['string', STRING], ['uint', UINT], ['null_type', NULL],
  ['list', listOf(DYN)], ['map', mapOf(DYN, DYN)], ['type', typeOf(DYN)], ['google.protobuf.Duration', DURATION], ['google.protobuf.Timestamp', TIMESTAMP],
])

const TEXTS = mapOf(STRING, listOf(STRING))
/** What KrakenD lets an expression see (krakend-cel, internal/cel.go). */
export const VARIABLES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['now', STRING],
  ['req_method', STRING], ['req_path', STRING], ['req_params', mapOf(STRING, STRING)], ['req_headers', TEXTS], ['req_querystring', TEXTS],
  ['resp_completed', BOOL], ['resp_metadata_status', INT], ['resp_metadata_headers', TEXTS], ['resp_data', mapOf(STRING, DYN)],
  ['JWT', mapOf(STRING, DYN)],
])
