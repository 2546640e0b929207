/** Answers that a template makes. */
export { backend, proxy } from '../../../worker/template/response.ts'
