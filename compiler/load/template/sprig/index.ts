/** Sprig 3's functions, as KrakenD's templates have them. */
import { CallError } from '../../../../worker/template/error.ts'
import { fn, type Functions, type TemplateFunction, variadic } from '../../../../worker/template/function.ts'
import { generalFunctions } from '../../../../worker/template/sprig/general.ts'
import { jsonFunctions } from '../../../../worker/template/sprig/json.ts'
import { addressFunctions } from './addresses.ts'
import { dateFunctions } from '../../../../worker/template/sprig/dates.ts'
import { dictFunctions } from '../../../../worker/template/sprig/dicts.ts'
import { encodingFunctions } from './encodings.ts'
import { listFunctions } from '../../../../worker/template/sprig/lists.ts'
import { numberFunctions } from '../../../../worker/template/sprig/numbers.ts'
import { patternFunctions } from './patterns.ts'
import { semverFunctions } from './semver.ts'
import { textFunctions } from '../../../../worker/template/sprig/text.ts'

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
  ...generalFunctions,
  ...textFunctions,
  ...numberFunctions,
  ...listFunctions,
  ...dictFunctions,
  ...jsonFunctions,
  ...encodingFunctions,
  ...patternFunctions,
  ...dateFunctions,
  ...addressFunctions,
  ...semverFunctions,
  ...Object.fromEntries(REFUSED.map((name) => [name, refused(name)])),
  env: fn(['string'], (name) => environment[name] ?? ''),
  expandenv: fn(['string'], (text) => expand(text, environment)),
})
