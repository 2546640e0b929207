/** The user's plugin before a backend's call. Unlike KrakenD's, which takes the client's place, it may hand the call on. */
export { client } from '../../../worker/plugin/client.ts'
