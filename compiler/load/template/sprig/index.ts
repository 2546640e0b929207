/** Sprig 3's functions, as KrakenD's templates have them. */
import { CallError } from '../error.ts'
import { fn, type Functions, type TemplateFunction, variadic } from '../function.ts'
import { equal, isTrue, kindOf, typeOf } from '../value.ts'
import { addressFunctions } from './addresses.ts'
import { dateFunctions } from './dates.ts'
import { dictFunctions } from './dicts.ts'
import { encodingFunctions } from './encodings.ts'
import { listFunctions } from './lists.ts'
import { numberFunctions } from './numbers.ts'
import { patternFunctions } from './patterns.ts'
import { semverFunctions } from './semver.ts'
import { textFunctions } from './text.ts'

/** What makes certificates and passwords, or asks the network, would make another configuration at each build. */
const REFUSED = ['bcrypt', 'htpasswd', 'derivePassword', 'genPrivateKey', 'buildCustomCert', 'genCA', 'genCAWithKey', 'genSelfSignedCert', 'genSelfSignedCertWithKey', 'genSignedCert', 'genSignedCertWithKey', 'getHostByName']

const refused = (name: string): TemplateFunction =>
  variadic([], 'any', () => {
    throw new CallError(`${name} is not supported: put its result into the environment or the settings`)
  })

type Environment = { readonly [name: string]: string | undefined }

/** `$NAME` and `${NAME}`. */
const expand = (text: string, environment: Environment): string => text.replace(/\$(?:\{([^}]*)\}|([A-Za-z_]\w*|[\d*#$@!?-]))/g, (_, braced: string | undefined, bare: string | undefined) => environment[braced ?? bare!] ?? '')

export const sprig = (environment: Environment): Functions => ({
  ...textFunctions,
  ...numberFunctions,
  ...listFunctions,
  ...dictFunctions,
  ...encodingFunctions,
  ...patternFunctions,
  ...dateFunctions,
  ...addressFunctions,
  ...semverFunctions,
  ...Object.fromEntries(REFUSED.map((name) => [name, refused(name)])),
  env: fn(['string'], (name) => environment[name] ?? ''),
  expandenv: fn(['string'], (text) => expand(text, environment)),
  default: variadic(['any'], 'any', (otherwise, ...given) => (isTrue(given[0]) ? given[0] : otherwise)),
  empty: fn(['any'], (value) => !isTrue(value)),
  coalesce: variadic([], 'any', (...values) => values.find(isTrue) ?? null),
  all: variadic([], 'any', (...values) => values.every(isTrue)),
  any: variadic([], 'any', (...values) => values.some(isTrue)),
  ternary: fn(['any', 'any', 'bool'], (yes, no, condition) => (condition ? yes : no)),
  typeOf: fn(['any'], typeOf),
  typeIs: fn(['string', 'any'], (name, value) => typeOf(value) === name),
  typeIsLike: fn(['string', 'any'], (name, value) => typeOf(value) === name || typeOf(value) === `*${name}`),
  kindOf: fn(['any'], kindOf),
  kindIs: fn(['string', 'any'], (name, value) => kindOf(value) === name),
  deepEqual: fn(['any', 'any'], equal),
  fail: fn(['string'], (message) => {
    throw new CallError(message)
  }),
})
