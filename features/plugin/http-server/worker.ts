/** KrakenD's server plugins that Cuttle has: they stand around everything but CORS. */
import { createIpFilter, type IpFilterOptions } from '../../../worker/limit/ip-filter.ts'
import type { CreateStage } from '../../../worker/types.ts'

export const service: CreateStage<'service', { 'ip-filter': IpFilterOptions }> = (options, { platform }) => createIpFilter(options['ip-filter'], platform)
