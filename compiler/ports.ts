/** Where something listens. */
export interface Address {
  address: string
  port: number
}

const ALL = ['0.0.0.0', '::']

/** Two can't listen on one port, unless at addresses of their own. */
export const collide = (a: Address, b: Address): boolean => a.port === b.port && (a.address === b.address || ALL.includes(a.address) || ALL.includes(b.address))
