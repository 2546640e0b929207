/** What is there at once, or comes. A request whose token is known waits for nothing: each wait costs it a turn. */
export type Later<T> = T | Promise<T>

export const andThen = <T, U>(value: Later<T>, go: (value: T) => Later<U>): Later<U> => (value instanceof Promise ? value.then(go) : go(value))
