/** The math library as gopher-lua has it. */
import { frexp, log10, modulo, power } from '../number.ts'
import { raise, type State } from '../state.ts'
import { createModule, type Fn } from '../value.ts'
import { type Arguments, integerOf, numberOf } from './arguments.ts'

const one = (name: string, compute: (number: number) => number): Fn => (state: State, ...given: Arguments) => compute(numberOf(state, given, 1, name))
const two = (name: string, compute: (a: number, b: number) => number): Fn => (state: State, ...given: Arguments) => compute(numberOf(state, given, 1, name), numberOf(state, given, 2, name))

const extreme = (name: string, better: (a: number, b: number) => boolean): Fn => (state: State, ...given: Arguments) => {
  if (!given.length) raise(state, 'wrong number of arguments')
  return given.map((_, i) => numberOf(state, given, i + 1, name)).reduce((best, number) => (better(number, best) ? number : best))
}

const random: Fn = (state, ...given) => {
  if (!given.length) return Math.random()
  const from = given.length === 1 ? 1 : integerOf(state, given, 1, 'random')
  const to = integerOf(state, given, given.length === 1 ? 1 : 2, 'random')
  return to < from ? raise(state, 'invalid argument to Intn', 0) : Math.floor(Math.random() * (to - from + 1)) + from
}

export const MATH = createModule({
  pi: Math.PI,
  huge: Number.MAX_VALUE,
  abs: one('abs', Math.abs),
  acos: one('acos', Math.acos),
  asin: one('asin', Math.asin),
  atan: one('atan', Math.atan),
  atan2: two('atan2', Math.atan2),
  ceil: one('ceil', Math.ceil),
  cos: one('cos', Math.cos),
  cosh: one('cosh', Math.cosh),
  deg: one('deg', (number) => (number * 180) / Math.PI),
  exp: one('exp', Math.exp),
  floor: one('floor', Math.floor),
  fmod: two('fmod', (a, b) => a % b),
  frexp: (state, ...given) => frexp(numberOf(state, given, 1, 'frexp')),
  ldexp: (state, ...given) => numberOf(state, given, 1, 'ldexp') * 2 ** integerOf(state, given, 2, 'ldexp'),
  log: one('log', Math.log),
  log10: one('log10', log10),
  max: extreme('max', (a, b) => a > b),
  min: extreme('min', (a, b) => a < b),
  mod: two('mod', modulo),
  modf: (state, ...given) => {
    const number = numberOf(state, given, 1, 'modf')
    return [Math.trunc(number), Number.isFinite(number) ? number - Math.trunc(number) : Number.NaN]
  },
  pow: two('pow', power),
  rad: one('rad', (number) => (number * Math.PI) / 180),
  random,
  // Numbers are the platform's, which no seed repeats.
  randomseed: (state, ...given) => {
    integerOf(state, given, 1, 'randomseed')
    return []
  },
  sin: one('sin', Math.sin),
  sinh: one('sinh', Math.sinh),
  sqrt: one('sqrt', Math.sqrt),
  tan: one('tan', Math.tan),
  tanh: one('tanh', Math.tanh),
})
