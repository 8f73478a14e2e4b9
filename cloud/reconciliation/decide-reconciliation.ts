import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { SiteSums } from '@gatehouse/shared/wire/v1/sync'

/** Sums over the cloud's own projected tables, in the same shape as the site's report. */
export interface CloudSums extends SiteSums {
  /** How far the entries were projected when the sums were taken. */
  readonly projectedSeq: number
  /** The stored hash at the head the site reported; `undefined` when that entry has not arrived. */
  readonly hashAtSiteHead: string | undefined
}

/** `waiting`: the site has entries that are not here or not projected yet. */
export type ReconciliationState = 'equal' | 'waiting' | 'different'

/** One thing that both sides count. Money in minor units. */
export interface ReconciliationLine {
  /** For example `entries`, `bookings confirmed`, `takings EUR cash`. */
  readonly what: string
  readonly site: number | string
  readonly cloud: number | string
  /** Cloud minus site; for hashes 0 or 1. */
  readonly difference: number
  /** `count`, `hash`, or the currency of minor units. */
  readonly unit: string
}

export interface ReconciliationResult {
  readonly state: ReconciliationState
  readonly lines: readonly ReconciliationLine[]
}

/**
 * Compares a site's report with the cloud's own sums, line by line (ARCHITECTURE §4). A difference counts
 * only when both stand at the same entry; before that the site is waited for.
 */
export function decideReconciliation(site: SiteSums, cloud: CloudSums): ReconciliationResult {
  const lines = [
    hashLine(site.head, cloud.hashAtSiteHead),
    countLine('entries', site.entries, cloud.entries),
    ...bookingLines(site, cloud),
    ...takingsLines(site, cloud),
    countLine('sessions open', site.sessions.open, cloud.sessions.open),
    countLine('sessions departed', site.sessions.departed, cloud.sessions.departed),
    countLine('sessions voided', site.sessions.voided, cloud.sessions.voided),
  ]
  if (cloud.projectedSeq !== site.head.seq) return { state: 'waiting', lines }
  return { state: lines.every((line) => line.difference === 0) ? 'equal' : 'different', lines }
}

function hashLine(head: ChainHead, cloudHash: string | undefined): ReconciliationLine {
  const cloud = head.seq === 0 ? head.hash : (cloudHash ?? 'not here')
  return { what: 'head', site: head.hash, cloud, difference: cloud === head.hash ? 0 : 1, unit: 'hash' }
}

function countLine(what: string, site: number, cloud: number): ReconciliationLine {
  return { what, site, cloud, difference: cloud - site, unit: 'count' }
}

function bookingLines(site: SiteSums, cloud: SiteSums): ReconciliationLine[] {
  const statuses = [...new Set([...Object.keys(site.bookings), ...Object.keys(cloud.bookings)])].sort()
  return statuses.map((status) =>
    countLine(`bookings ${status}`, site.bookings[status] ?? 0, cloud.bookings[status] ?? 0),
  )
}

function takingsLines(site: SiteSums, cloud: SiteSums): ReconciliationLine[] {
  const name = ({ currency, method }: { currency: string; method: string }) => `${currency} ${method}`
  const names = [...new Set([...site.takings, ...cloud.takings].map(name))].sort()
  return names.flatMap((each) => {
    const ours = cloud.takings.find((taken) => name(taken) === each)
    const theirs = site.takings.find((taken) => name(taken) === each)
    const unit = (ours ?? theirs)?.currency ?? ''
    const [siteMinor, cloudMinor] = [theirs?.amountMinor ?? 0, ours?.amountMinor ?? 0]
    return [
      countLine(`payments ${each}`, theirs?.count ?? 0, ours?.count ?? 0),
      {
        what: `takings ${each}`,
        site: siteMinor,
        cloud: cloudMinor,
        difference: cloudMinor - siteMinor,
        unit,
      },
    ]
  })
}
