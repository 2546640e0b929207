/** KrakenD's plugins around an endpoint that Cuttle has. */
import { createIpFilter, type IpFilterOptions } from '../../../worker/limit/ip-filter.ts'
import type { CreateStage } from '../../../worker/types.ts'

export const endpoint: CreateStage<'endpoint', { 'ip-filter': IpFilterOptions }> = (options, { platform }) => createIpFilter(options['ip-filter'], platform)
