import { inTransaction, type Pool } from '../database/pool.ts'
import { openException } from '../exceptions/raise.ts'
import { problemResponse } from '../http/problem.ts'
import type { SiteCaller } from './site-access.ts'

const askedMaxLength = 100

/**
 * Refuses a site that asked for what belongs to another one with 403 `other_site`, and raises it: a machine
 * that asks for its neighbour's data is misconfigured or in wrong hands. One open case per site and flow.
 */
export async function refuseForeignCall(
  pool: Pool,
  caller: SiteCaller,
  {
    flow,
    asked,
    nowMs,
  }: { readonly flow: 'stream' | 'shape'; readonly asked: string; readonly nowMs: number },
): Promise<Response> {
  const { siteId, incarnation } = caller
  const detail = { incarnation, asked: asked.slice(0, askedMaxLength) }
  const sides = [{ what: flow, site: detail.asked, cloud: siteId, unit: 'code' }]
  await inTransaction(pool, (tx) =>
    openException(tx, { siteId, kind: 'foreign_call', about: flow, sides, detail, nowMs }),
  )
  return problemResponse(
    {
      status: 403,
      code: 'other_site',
      title: 'The token of this site does not reach what belongs to another site.',
      hint: 'Ask for the own stream and directory; if this is a replacement machine, enrol it.',
    },
    undefined,
  )
}
