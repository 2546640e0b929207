/** The user's plugins around a pipeline. */
export { backend, proxy } from '../../../worker/plugin/middleware.ts'
