import pg from 'pg'
import { lockProjectedCredits, writeProjectedCredits } from '../credits/project-credits.ts'
import { channels } from '../database/notifications.ts'
import { inTransaction, type Pool, type Transaction } from '../database/pool.ts'
import { openException } from '../exceptions/raise.ts'
import { lockProjectedLoans, writeProjectedLoans } from '../loans/project-loans.ts'
import { raiseContradictedSales } from './contradicted-sales.ts'
import { auditTypes } from './evolve-audit.ts'
import { foldAudit, foldEntries, foldLate, mentioned, type ReadEntry, readEntry, readSealed } from './fold.ts'
import type { HandedEntries } from './handed-entries.ts'
import { noRows, type ProjectedRows } from './projected-rows.ts'
import { loadRows, writeRows } from './projected-tables.ts'
import { raiseRefusedMoney } from './refused-money.ts'
import { siteChange } from './site-change.ts'
import { type Quarantined, quarantine, readEntriesAfter, readPosted, type StreamId } from './stream-store.ts'

const entriesPerRunMax = 1_000

/** How a run ended: `behind` when more entries wait, `busy` when another process projects this stream. */
export interface RunOutcome {
  readonly kind: 'caught_up' | 'behind' | 'busy'
  readonly count: number
  /** Everything up to here is projected; `undefined` when another process knows. */
  readonly toSeq?: number
}

interface Run {
  readonly stream: StreamId
  readonly nowMs: number
  readonly limit: number
  readonly handed?: HandedEntries | undefined
}

/**
 * Projects the next entries of a stream: rows, quarantine, answers and position in one transaction. When the
 * store refuses a row, the entries go one at a time, so that only the contradicting one is set aside. What is at hand
 * among `handed` is not read from the store.
 */
export async function projectNext(
  pool: Pool,
  stream: StreamId,
  nowMs: number,
  handed?: HandedEntries,
): Promise<RunOutcome> {
  const next = { stream, nowMs, limit: entriesPerRunMax, handed }
  try {
    return await inTransaction(pool, (tx) => run(tx, next, undefined))
  } catch (error) {
    if (dataRefusal(error) === undefined) throw error
    return projectOneByOne(pool, stream, nowMs)
  }
}

async function projectOneByOne(pool: Pool, stream: StreamId, nowMs: number): Promise<RunOutcome> {
  let count = 0
  while (count < entriesPerRunMax) {
    const outcome = await projectOne(pool, { stream, nowMs, limit: 1 })
    count += outcome.count
    if (outcome.kind !== 'behind') return { ...outcome, count }
  }
  return { kind: 'behind', count }
}

async function projectOne(pool: Pool, one: Run): Promise<RunOutcome> {
  try {
    return await inTransaction(pool, (tx) => run(tx, one, undefined))
  } catch (error) {
    const refusal = dataRefusal(error)
    if (refusal === undefined) throw error
    return inTransaction(pool, (tx) => run(tx, one, refusal))
  }
}

/** What the store says against the data itself (SQLSTATE class 22 or 23); other failures are not its fault. */
function dataRefusal(error: unknown): string | undefined {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return undefined
  if (error.code === '23P01') return 'overlap'
  return /^2[23]/.test(error.code) ? `store_${error.code}` : undefined
}

/** One run; with `refusal`, the entries are not folded but set aside for that reason. */
async function run(tx: Transaction, one: Run, refusal: string | undefined): Promise<RunOutcome> {
  const { stream, nowMs, limit } = one
  const position = await lockPosition(tx, stream)
  if (position === undefined) return { kind: 'busy', count: 0 }
  if (position.auditSeq < position.seq) {
    const behind = await readAuditAgain(tx, stream, { ...position, limit, nowMs }, refusal)
    if (behind !== undefined) return behind
  }
  const entries = await entriesAfter(tx, one, position.seq)
  const last = entries.at(-1)
  if (last === undefined) return { kind: 'caught_up', count: 0, toSeq: position.seq }
  // After the entries: what came behind the end of a life is only there once that end is.
  const { headSeq, untilSeq } = await readBounds(tx, stream)
  const rows = noRows()
  const aside =
    refusal === undefined
      ? await fold(tx, stream, { rows, entries, untilSeq, nowMs })
      : asideAll(entries, refusal)
  await setAside(tx, stream, aside, nowMs)
  await raiseRefusedMoney(tx, stream, rows.refusedMoney, nowMs)
  await raiseContradictedSales(tx, stream, rows.contradictedSales, nowMs)
  const toSeq = last.stored.seq
  await moveAndTell(tx, stream, { to: { seq: toSeq, auditSeq: toSeq }, entries, rows })
  return { kind: toSeq < headSeq ? 'behind' : 'caught_up', count: entries.length, toSeq }
}

async function entriesAfter(
  tx: Transaction,
  { stream, limit, handed }: Run,
  afterSeq: number,
): Promise<readonly ReadEntry[]> {
  const taken = handed?.take(stream, { afterSeq, limit }) ?? []
  if (taken.length > 0) return taken.map(readSealed)
  return (await readEntriesAfter(tx, stream, { afterSeq, limit })).map(readEntry)
}

/**
 * Reads history again for access decisions and incidents, where an earlier version posted without them.
 * `undefined` when there was nothing left to read.
 */
async function readAuditAgain(
  tx: Transaction,
  stream: StreamId,
  from: Position & { readonly limit: number; readonly nowMs: number },
  refusal: string | undefined,
): Promise<RunOutcome | undefined> {
  const { seq, auditSeq, limit, nowMs } = from
  const range = { afterSeq: auditSeq, toSeq: seq, limit, types: auditTypes }
  const entries = (await readPosted(tx, stream, range)).map(readEntry)
  const last = entries.at(-1)
  if (last === undefined) {
    await moveTo(tx, stream, { seq, auditSeq: seq })
    return undefined
  }
  const rows = noRows()
  if (refusal === undefined) foldAudit(rows, entries)
  else await setAside(tx, stream, asideAll(entries, refusal), nowMs)
  await writeRows(tx, stream, rows)
  await moveAndTell(tx, stream, { to: { seq, auditSeq: last.stored.seq }, entries, rows })
  return { kind: 'behind', count: entries.length }
}

/** Folds entries into their rows and writes them; returns those that could not be posted. Hold the position's lock. */
export async function fold(
  tx: Transaction,
  stream: StreamId,
  {
    rows,
    entries,
    untilSeq,
    nowMs,
  }: {
    readonly rows: ProjectedRows
    readonly entries: readonly ReadEntry[]
    readonly untilSeq: number
    readonly nowMs: number
  },
): Promise<Quarantined[]> {
  const posted = entries.filter(({ stored }) => stored.seq <= untilSeq)
  const late = entries.filter(({ stored }) => stored.seq > untilSeq)
  // Loans are locked before bookings, as wherever the cloud sells.
  const frames = posted.flatMap(({ frame }) => frame ?? [])
  const loans = await lockProjectedLoans(tx, stream, frames, nowMs)
  rows.loans = loans
  const credits = await lockProjectedCredits(tx, stream, frames)
  rows.credits = credits
  await loadRows(tx, stream, rows, mentioned(posted))
  const aside = [...foldEntries(rows, posted), ...foldLate(rows, late)]
  await writeRows(tx, stream, rows)
  if (loans !== undefined) await writeProjectedLoans(tx, loans)
  if (credits !== undefined) await writeProjectedCredits(tx, stream, credits, nowMs)
  return aside
}

/** Where a life ends so far, and the last of its entries that counts in the books. */
interface Bounds {
  readonly headSeq: number
  /** No bound while no later life took the books over. */
  readonly untilSeq: number
}

/** Reads the bounds of a life. */
export async function readBounds(tx: Transaction, stream: StreamId): Promise<Bounds> {
  const { rows } = await tx.query<{ head: number; until: number | null }>(
    'SELECT head_seq AS head, taken_over_at_seq AS until FROM streams WHERE site_id = $1 AND incarnation = $2',
    [stream.siteId, stream.incarnation],
  )
  return { headSeq: rows[0]?.head ?? 0, untilSeq: rows[0]?.until ?? Number.MAX_SAFE_INTEGER }
}

function asideAll(entries: readonly ReadEntry[], reason: string): Quarantined[] {
  return entries.map(({ stored, frame }) => ({ ...stored, reason, detail: frame?.type ?? '' }))
}

/** How far a stream is projected; access decisions and incidents may be behind the rest. */
interface Position {
  readonly seq: number
  readonly auditSeq: number
}

/** The position, locked; `undefined` when another process holds it. */
export async function lockPosition(tx: Transaction, stream: StreamId): Promise<Position | undefined> {
  const key = [stream.siteId, stream.incarnation]
  const position = await selectPosition(tx, key)
  if (position !== undefined) return position
  const made = await tx.query(
    'INSERT INTO projection_positions (site_id, incarnation) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    key,
  )
  return made.rowCount === 1 ? selectPosition(tx, key) : undefined
}

// A run need not wait for the disk: after a crash the same entries are projected again, and whatever builds on
// a projected row waits for its own commit, which is behind this one in the log.
async function selectPosition(tx: Transaction, key: readonly unknown[]): Promise<Position | undefined> {
  const { rows } = await tx.query<Position>(
    `SELECT seq, audit_seq AS "auditSeq", set_config('synchronous_commit', 'off', true)
     FROM projection_positions WHERE site_id = $1 AND incarnation = $2 FOR UPDATE SKIP LOCKED`,
    [...key],
  )
  return rows[0]
}

const moveSql =
  'UPDATE projection_positions SET seq = $3, audit_seq = $4 WHERE site_id = $1 AND incarnation = $2'

async function moveTo(tx: Transaction, stream: StreamId, { seq, auditSeq }: Position): Promise<void> {
  await tx.query(moveSql, [stream.siteId, stream.incarnation, seq, auditSeq])
}

/** Moves the position, and tells at the commit what was posted, in one statement. */
async function moveAndTell(
  tx: Transaction,
  stream: StreamId,
  done: { readonly to: Position; readonly entries: readonly ReadEntry[]; readonly rows: ProjectedRows },
): Promise<void> {
  const { to, entries, rows } = done
  await tx.query(`WITH moved AS (${moveSql}) ${tellSql(5)}`, [
    ...[stream.siteId, stream.incarnation, to.seq, to.auditSeq],
    ...told(stream, entries, rows),
  ])
}

async function setAside(
  tx: Transaction,
  stream: StreamId,
  aside: readonly Quarantined[],
  nowMs: number,
): Promise<void> {
  await quarantine(tx, stream, aside, nowMs)
  for (const { seq, reason, detail } of aside) {
    const { siteId, incarnation } = stream
    await openException(tx, {
      siteId,
      kind: 'unprojectable',
      about: `${incarnation}:${seq}`,
      sides: [{ what: 'entry', site: detail, cloud: reason, unit: 'code' }],
      detail: { reason, type: detail },
      entry: { incarnation, seq },
      nowMs,
    })
  }
}

/** Tells screens and waiting calls, at the commit, what was posted. */
export async function notify(
  tx: Transaction,
  stream: StreamId,
  entries: readonly ReadEntry[],
  rows: ProjectedRows,
): Promise<void> {
  await tx.query(tellSql(1), told(stream, entries, rows))
}

/** Notifies about two values, the first of which has this number. */
function tellSql(first: number): string {
  return `SELECT pg_notify('${channels.site}', $${first}) UNION ALL
     SELECT pg_notify('${channels.request}', id) FROM unnest($${first + 1}::text[]) AS answered (id)`
}

function told(stream: StreamId, entries: readonly ReadEntry[], rows: ProjectedRows): unknown[] {
  const change = siteChange(
    stream.siteId,
    entries.map(({ frame }) => frame?.type ?? ''),
  )
  return [JSON.stringify(change), [...rows.requestAnswers.keys()]]
}
