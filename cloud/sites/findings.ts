import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { Heartbeat } from '@gatehouse/shared/wire/v1/sync'
import { inTransaction, type Pool } from '../database/pool.ts'
import { openException, resolveException } from '../exceptions/raise.ts'
import type { SiteCaller } from './site-access.ts'

/** A site's clock may be this far from the cloud's before people are told; calls themselves take a moment. */
const clockSkewMaxMs = 60_000

interface HandshakeFinding extends SiteCaller {
  readonly edgeHead: ChainHead
  readonly nowMs: number
}

/** Raises that site and cloud hold different entries under one number. */
export async function raiseFork(
  pool: Pool,
  { siteId, incarnation, edgeHead, nowMs, cloudHash }: HandshakeFinding & { readonly cloudHash: string },
): Promise<void> {
  const { seq, hash } = edgeHead
  await inTransaction(pool, (tx) =>
    openException(tx, {
      siteId,
      kind: 'chain_fork',
      about: `${incarnation}:${seq}`,
      sides: [{ what: 'entry_hash', site: hash, cloud: cloudHash, unit: 'hash' }],
      detail: { site: hash, cloud: cloudHash },
      entry: { incarnation, seq },
      nowMs,
    }),
  )
}

/** Raises that a site no longer has entries which the cloud holds: its store is older than its own past. */
export async function raiseLostEntries(
  pool: Pool,
  { siteId, incarnation, edgeHead, nowMs, cloudSeq }: HandshakeFinding & { readonly cloudSeq: number },
): Promise<void> {
  await inTransaction(pool, (tx) =>
    openException(tx, {
      siteId,
      kind: 'chain_gap',
      about: String(incarnation),
      sides: [{ what: 'last_entry', site: edgeHead.seq, cloud: cloudSeq, unit: 'count' }],
      detail: { site: edgeHead, cloudSeq },
      entry: { incarnation, seq: Math.max(1, edgeHead.seq) },
      nowMs,
    }),
  )
}

/**
 * Raises that the cloud lacks entries which the site has pruned, so that nobody can bring them but a later backup of the
 * cloud; `pruned` is absent when nothing of the kind is found, which settles the case.
 */
export async function watchHistory(
  pool: Pool,
  {
    siteId,
    incarnation,
    nowMs,
    cloudSeq,
    pruned,
  }: Omit<HandshakeFinding, 'edgeHead'> & {
    readonly cloudSeq: number
    readonly pruned: ChainHead | undefined
  },
): Promise<void> {
  const key = { siteId, kind: 'history_gone', about: String(incarnation) } as const
  if (pruned === undefined) {
    await resolveException(pool, key, nowMs)
    return
  }
  const sides = [{ what: 'pruned_entry', site: pruned.seq, cloud: cloudSeq, unit: 'count' }]
  const detail = { site: pruned, cloudSeq }
  await inTransaction(pool, (tx) => openException(tx, { ...key, sides, detail, nowMs }))
}

/** Raises that two machines call as one life of a site, in turns; which of them is right only a person can say. */
export async function raiseTwins(
  pool: Pool,
  { siteId, incarnation }: SiteCaller,
  { bootId, version }: Heartbeat,
  nowMs: number,
): Promise<void> {
  const sides = [{ what: 'life', site: incarnation, cloud: incarnation, unit: 'count' }]
  const about = `${incarnation}:twins`
  await inTransaction(pool, (tx) =>
    openException(tx, { siteId, kind: 'clone', about, sides, detail: { bootId, version }, nowMs }),
  )
}

/** Raises a site's clock that is more than a minute away from the cloud's, and settles it when it is right again. */
export async function watchClock(
  pool: Pool,
  { siteId }: SiteCaller,
  heartbeat: Heartbeat,
  { nowMs, hasClockCase }: { readonly nowMs: number; readonly hasClockCase: boolean },
): Promise<void> {
  const { wallMs, clockQuality } = heartbeat
  const key = { siteId, kind: 'clock_skew', about: 'clock' } as const
  if (Math.abs(wallMs - nowMs) <= clockSkewMaxMs) {
    if (hasClockCase) await resolveException(pool, key, nowMs)
    return
  }
  const sides = [{ what: 'clock', site: wallMs, cloud: nowMs, unit: 'instant' }]
  const detail = { wallMs, clockQuality }
  await inTransaction(pool, (tx) => openException(tx, { ...key, sides, detail, nowMs }))
}
