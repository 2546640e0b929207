/** Messages of queues, and who sends and takes them: a module a service, named by the compiler, so that no other is in the bundle. */
import type { Context, Made } from '../types.ts'

export interface Message {
  body: Uint8Array<ArrayBuffer>
  /** First values of the request's headers, by canonical name. */
  metadata: ReadonlyMap<string, string>
}
export type Send = (message: Message, ctx: Context) => Promise<void>
export type CreateSend<O> = (options: O, made: Made) => Send

export interface Taken {
  body: Uint8Array<ArrayBuffer>
  /** The message is done with; one that is not comes again. */
  acknowledge(): Promise<void>
}
/** Waits for a message until the request's time is up. */
export type Take = (ctx: Context) => Promise<Taken>
export type CreateTake<O> = (options: O, made: Made) => Take
