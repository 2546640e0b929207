/** Adds a header to an answer. What the upstream said under the name stays behind it, as KrakenD has it. */
export function prepend({ headers }: Response, name: string, value: string): void {
  const theirs = headers.get(name)
  headers.set(name, theirs === null ? value : `${value}, ${theirs}`)
}
