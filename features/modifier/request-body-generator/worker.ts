/** Bodies of requests that a template makes. */
export { backend, proxy } from '../../../worker/template/request.ts'
