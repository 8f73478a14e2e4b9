import type { ClockQuality } from '@gatehouse/shared/clock/clock'

/** A place in the ledger of a site; places are in order of life, then `seq`. */
export interface LedgerPlace {
  readonly incarnation: number
  readonly seq: number
}

/** An entry with the moment that it carries. */
export interface AgedEntry extends LedgerPlace {
  /** Epoch milliseconds. */
  readonly wallMs: number
  readonly quality: ClockQuality
}

/** What may be pruned at all. */
export interface RetentionBounds {
  /** Entries up to this moment are old enough, epoch milliseconds. */
  readonly cutoffMs: number
  /** The present life and the last of its entries that the cloud acknowledged; earlier lives came from the cloud. */
  readonly acknowledged: LedgerPlace
}

/** How far entries may be pruned, and whether what comes after them may be old enough, too. */
export interface Reach {
  readonly upTo: LedgerPlace | undefined
  readonly goesOn: boolean
}

/** Tells whether the cloud has an entry; while it has nothing of the present life, it vouches for no earlier one either. */
export function isAcknowledged(place: LedgerPlace, acknowledged: LedgerPlace): boolean {
  if (acknowledged.seq === 0) return false
  if (place.incarnation !== acknowledged.incarnation) return place.incarnation < acknowledged.incarnation
  return place.seq <= acknowledged.seq
}

/**
 * How far a run of entries, in their order, is old and acknowledged (ARCHITECTURE §5). Order is certain and wall time is
 * not: an entry recorded by an untrusted clock is as old as the next one after it whose clock was trusted, and nothing
 * behind the first trusted entry that is young is pruned.
 */
export function reachOf(entries: readonly AgedEntry[], { cutoffMs, acknowledged }: RetentionBounds): Reach {
  let upTo: LedgerPlace | undefined
  for (const entry of entries) {
    if (!isAcknowledged(entry, acknowledged)) return { upTo, goesOn: false }
    if (entry.quality !== 'trusted') continue
    if (entry.wallMs > cutoffMs) return { upTo, goesOn: false }
    upTo = { incarnation: entry.incarnation, seq: entry.seq }
  }
  return { upTo, goesOn: entries.length > 0 }
}
