/** Sprig's versions (Masterminds/semver). */
import { CallError } from '../../../../worker/template/error.ts'
import { fn, type Functions } from '../../../../worker/template/function.ts'
import { byBytes, type Struct } from '../../../../worker/template/value.ts'

interface Version {
  numbers: readonly [major: number, minor: number, patch: number]
  pre: string
  build: string
}

const VERSION = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([\dA-Za-z.-]+))?(?:\+([\dA-Za-z.-]+))?$/
const COMPARATOR = /^\s*(=|!=|>=|=>|<=|=<|>|<|~>?|\^)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([\dA-Za-z.-]+))?(?:\+[\dA-Za-z.-]+)?\s*$/

function parse(text: string): Version {
  const [, major, minor = '0', patch = '0', pre = '', build = ''] = VERSION.exec(text) ?? []
  if (major === undefined) throw new CallError('invalid semantic version')
  return { numbers: [Number(major), Number(minor), Number(patch)], pre, build }
}

function comparePre(a: string, b: string): number {
  if (a === b) return 0
  if (!a || !b) return a ? -1 : 1
  const [as, bs] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(as.length, bs.length); i++) {
    const [x, y] = [as[i], bs[i]]
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1
    if (x === y) continue
    const numbers = [x, y].map((part) => /^\d+$/.test(part))
    if (numbers[0] && numbers[1]) return Number(x) - Number(y)
    return numbers[0] === numbers[1] ? byBytes(x, y) : numbers[0] ? -1 : 1
  }
  return 0
}

function compare(a: Version, b: Version): number {
  for (const i of [0, 1, 2] as const) if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] - b.numbers[i]
  return comparePre(a.pre, b.pre)
}

/** One comparator, such as `>=1.2` or `~1.2.x`. */
function fits(comparator: string, version: Version): boolean {
  const [, sign = '', ...parts] = COMPARATOR.exec(comparator) ?? []
  if (parts[0] === undefined) throw new CallError(`improper constraint: ${comparator}`)
  const isOpen = (part: string | undefined): boolean => part === undefined || /[xX*]/.test(part)
  const depth = parts.slice(0, 3).findIndex(isOpen)
  const given = depth < 0 ? 3 : depth
  const numbers = [0, 1, 2].map((i) => (i < given ? Number(parts[i]) : 0)) as [number, number, number]
  const low: Version = { numbers, pre: parts[3] ?? '', build: '' }
  // A pre-release is asked for by one, or not at all.
  if (version.pre && !low.pre) return false
  const next = (place: number): Version => ({ numbers: numbers.map((number, i) => (i < place ? number : i === place ? number + 1 : 0)) as [number, number, number], pre: '', build: '' })
  const within = (place: number): boolean => compare(version, low) >= 0 && (place < 0 || compare({ ...version, pre: '' }, next(place)) < 0)
  switch (sign) {
    case '':
    case '=':
      return given === 3 ? compare(version, low) === 0 : within(given - 1)
    case '!=':
      return given === 3 ? compare(version, low) !== 0 : !within(given - 1)
    case '>':
      return given === 3 ? compare(version, low) > 0 : given > 0 && compare(version, next(given - 1)) >= 0
    case '<':
      return compare(version, low) < 0
    case '>=':
    case '=>':
      return compare(version, low) >= 0
    case '<=':
    case '=<':
      return given === 3 ? compare(version, low) <= 0 : given === 0 || compare(version, next(given - 1)) < 0
    case '^': {
      const first = numbers.slice(0, given).findIndex((number) => number > 0)
      return within(given === 0 ? -1 : first < 0 ? given - 1 : first)
    }
    default:
      return within(given === 0 ? -1 : Math.min(given - 1, 1))
  }
}

const satisfies = (constraint: string, version: Version): boolean =>
  constraint.split('||').some((alternative) => {
    const ranges = alternative.replace(/(\S+)\s+-\s+(\S+)/g, '>=$1, <=$2')
    return ranges.split(/,|(?<=[\dxX*A-Za-z])\s+(?=[=!<>~^v\d])/).every((comparator) => fits(comparator, version))
  })

function toStruct({ numbers, pre, build }: Version): Struct {
  const [major, minor, patch] = numbers.map(BigInt)
  return { struct: '*semver.Version', fields: new Map<string, bigint | string | undefined>([['Major', major], ['Minor', minor], ['Patch', patch], ['Prerelease', pre], ['Metadata', build]]), text: `${numbers.join('.')}${pre && `-${pre}`}${build && `+${build}`}` }
}

export const semverFunctions: Functions = {
  semver: fn(['string'], (text) => toStruct(parse(text))),
  semverCompare: fn(['string', 'string'], (constraint, text) => satisfies(constraint, parse(text))),
}
