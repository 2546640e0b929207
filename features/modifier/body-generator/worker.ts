/** Bodies of requests that a template makes, by the name that this had first. */
export { backend } from '../../../worker/template/request.ts'
