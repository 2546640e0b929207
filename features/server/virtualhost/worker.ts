/** Endpoints by the host that was asked. */
export { service } from '../../../worker/virtual-hosts.ts'
