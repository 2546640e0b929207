/** Headers of every answer, whoever made it: at the very end, in this order: delete, replace, add, rename. */
import type { CreateStage } from '../../../worker/types.ts'

type Named = readonly (readonly [name: string, values: readonly string[]])[]
export interface Options {
  delete: readonly string[]
  replace: Named
  add: Named
  rename: readonly (readonly [from: string, to: string])[]
}

export const service: CreateStage<'service', Options> = (options, { platform }) => {
  const field = (named: Named): Named => named.map(([name, values]) => [name, values.map((value) => platform.toField(value))])
  const [replace, add] = [field(options.replace), field(options.add)]
  return (next) => async (incoming, ctx) => {
    const response = platform.own(await next(incoming, ctx))
    const { headers } = response
    for (const name of options.delete) headers.delete(name)
    for (const [name, values] of replace) {
      headers.delete(name)
      for (const value of values) headers.append(name, value)
    }
    for (const [name, values] of add) for (const value of values) headers.append(name, value)
    for (const [from, to] of options.rename) rename(headers, from, to)
    return response
  }
}

/** A header that has the new name already is replaced. */
function rename(headers: Headers, from: string, to: string): void {
  const values = from === 'set-cookie' ? headers.getSetCookie() : [headers.get(from)].filter((value) => value !== null)
  if (!values.length) return
  headers.delete(from)
  headers.delete(to)
  for (const value of values) headers.append(to, value)
}
