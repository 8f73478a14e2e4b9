import { err, ok } from '@gatehouse/shared/result/result'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { placeInChain } from '../ledger/kept-chain.ts'
import { statement } from '../ledger/statements.ts'
import { markPruned } from '../site/store-format.ts'
import { acknowledgedHead } from '../sync/upload-position.ts'
import type { NamedEntry } from './checkpoint-file.ts'
import { isAcknowledged, type LedgerPlace } from './decide-retention.ts'

/** Entries deleted at once, so that no door waits for it. */
export const prunedPerPortionMax = 200

const place = { incarnation: z.int().min(1), seq: z.int().min(1), hash: z.string() }
const pruneInput = z.object({ ...place, stateDigest: z.string() })

/**
 * Deletes the oldest entries up to a checkpoint that is durable, one portion of them, and says how many. The last entry of
 * each life stays. Refusals: `clock_untrusted`, `not_acknowledged`, `checkpoint_elsewhere` (the entry is not that one here).
 */
const pruneEntries = defineCommand({
  kind: 'pruneEntries',
  priority: 3,
  sells: false,
  input: pruneInput,
  run: (db, checkpoint, { at }) => {
    if (at.quality !== 'trusted') return err({ code: 'clock_untrusted' })
    if (!isAcknowledged(checkpoint, acknowledgedPlace(db))) return err({ code: 'not_acknowledged' })
    const known = placeInChain(db, checkpoint.incarnation, checkpoint.seq)
    if (known.kind !== 'known' || known.hash !== checkpoint.hash) return err({ code: 'checkpoint_elsewhere' })
    nameCheckpoint(db, checkpoint, at.wallMs)
    const pruned = prunable(db, checkpoint, prunedPerPortionMax)
    for (const last of lastOfEachLife(pruned)) prune(db, last)
    return ok({ events: [], answer: () => pruned.length })
  },
})

/** The present life and the last of its entries that the cloud acknowledged. */
export function acknowledgedPlace(db: SiteDatabase): LedgerPlace {
  const sql = 'SELECT max(incarnation) AS incarnation FROM entries'
  const incarnation = statement<{ incarnation: number | null }>(db, sql).get()?.incarnation ?? 1
  return { incarnation, seq: acknowledgedHead(db, incarnation).seq }
}

/** The oldest entries up to a place that are still here, at most `limit`; the last one of each life is never among them. */
export function prunable(db: SiteDatabase, upTo: LedgerPlace, limit: number): readonly NamedEntry[] {
  return statement<NamedEntry>(
    db,
    `SELECT incarnation, seq, hash FROM entries e WHERE (incarnation, seq) <= (?, ?)
       AND seq < (SELECT max(seq) FROM entries WHERE incarnation = e.incarnation)
     ORDER BY incarnation, seq LIMIT ?`,
  ).all(upTo.incarnation, upTo.seq, limit)
}

function lastOfEachLife(entries: readonly NamedEntry[]): NamedEntry[] {
  return [...new Map(entries.map((entry) => [entry.incarnation, entry])).values()]
}

function prune(db: SiteDatabase, { incarnation, seq, hash }: NamedEntry): void {
  statement(
    db,
    `INSERT INTO pruned_entries (incarnation, seq, hash) VALUES (?, ?, ?)
     ON CONFLICT (incarnation) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
  ).run(incarnation, seq, hash)
  statement(db, 'DELETE FROM entries WHERE incarnation = ? AND seq <= ?').run(incarnation, seq)
}

function nameCheckpoint(db: SiteDatabase, checkpoint: z.infer<typeof pruneInput>, madeMs: number): void {
  const { incarnation, seq, hash, stateDigest } = checkpoint
  statement(
    db,
    `INSERT INTO ledger_checkpoint (one, incarnation, seq, hash, state_digest, made_ms) VALUES (1, ?, ?, ?, ?, ?)
     ON CONFLICT (one) DO UPDATE SET incarnation = excluded.incarnation, seq = excluded.seq, hash = excluded.hash,
       state_digest = excluded.state_digest, made_ms = excluded.made_ms
     WHERE (ledger_checkpoint.incarnation, ledger_checkpoint.seq) <> (excluded.incarnation, excluded.seq)`,
  ).run(incarnation, seq, hash, stateDigest, madeMs)
  markPruned(db)
}

/** Pruning of entries behind a checkpoint. It keeps no tables of its own and makes no entries. */
export const retentionModule: LedgerModule = {
  name: 'retention',
  tablesSql: '',
  projectedTables: [],
  projections: {},
  commands: [pruneEntries],
}
