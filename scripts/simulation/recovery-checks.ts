import type { SiteDatabase } from '@gatehouse/edge/ledger/database'
import type { Kernel } from '@gatehouse/edge/ledger/kernel'
import { type Branch, type ChainMemory, type CommittedEntry, lifeName } from './chain-memory.ts'
import type { SiteMachine } from './site-machine.ts'
import { hallId, roomIds } from './world-rows.ts'

interface LifeBefore {
  readonly incarnation: number
  readonly seq: number
}

/**
 * A life that took over the books of the one before holds them as far as it says, and has entered again, or kept for a
 * person, every single fact that its machine recorded on a branch that was lost. `own` is what the machine wrote before.
 */
export function checkNewLife(
  chains: ChainMemory,
  { siteId }: SiteMachine,
  { db, incarnation }: Pick<Kernel, 'db' | 'incarnation'>,
  { branch, own }: { readonly branch: Branch; readonly own: Branch | undefined },
): string | undefined {
  const [first] = branch.entries
  if (first?.type !== 'site.recovered') return undefined
  const from = first.body.from as LifeBefore
  const past: CommittedEntry[] = []
  for (const life of livesBefore(db, incarnation)) {
    const before = chains.holding(lifeName(siteId, life.incarnation), life)
    if (!before) return `took over entry ${life.seq} of life ${life.incarnation}, which nobody committed so`
    past.push(...before.entries.slice(0, life.seq))
  }
  branch.past = past
  if (first.body.how !== 'recovered' || own?.name !== lifeName(siteId, from.incarnation)) return undefined
  const taken = new Set(branch.past.map(({ hash }) => hash))
  const again = new Set(branch.entries.map(({ originHash }) => originHash))
  const lost = own.entries.find(({ hash }) => !taken.has(hash) && !again.has(hash))
  return lost && `forgot entry ${lost.seq} (${lost.type}) of life ${from.incarnation}, which it had recorded`
}

function livesBefore(
  db: SiteDatabase,
  incarnation: number,
): readonly (LifeBefore & { readonly hash: string })[] {
  return db
    .prepare<[number], LifeBefore & { hash: string }>(
      // SQLite takes the hash from the row of the maximum.
      'SELECT incarnation, max(seq) AS seq, hash FROM entries WHERE incarnation < ? GROUP BY incarnation ORDER BY 1',
    )
    .all(incarnation)
}

const lendable: ReadonlySet<unknown> = new Set([...roomIds, hallId])

/** While lending is stopped a site sells nothing that it ever lends: the cloud may sell it at the same time. */
export function checkLendingStop(
  earlier: readonly CommittedEntry[],
  fresh: readonly CommittedEntry[],
): string | undefined {
  if (!fresh.some(({ type }) => type === 'booking.held')) return undefined
  const firstSeq = fresh[0]?.seq ?? 0
  let stopped = isStopped(earlier.slice(0, firstSeq - 1))
  for (const { type, body, originHash } of fresh) {
    if (type === 'lending.stopped') stopped = true
    if (type === 'lending.resumed') stopped = false
    const sold = type === 'booking.held' && originHash === undefined && lendable.has(body.spaceId)
    if (stopped && sold) return `sold ${body.spaceId} in ${body.bookingId} while its lending was stopped`
  }
  return undefined
}

function isStopped(entries: readonly CommittedEntry[]): boolean {
  const last = entries.findLast(({ type }) => type === 'lending.stopped' || type === 'lending.resumed')
  return last?.type === 'lending.stopped'
}

/** A store that does not hold what the witness remembers has stopped lending before it did anything else. */
export function checkWitness(
  branch: Branch,
  incarnation: number,
  witness: string | undefined,
): string | undefined {
  if (witness === undefined) return undefined
  const known: LifeBefore & { readonly hash: string } = JSON.parse(witness)
  const isAhead =
    known.incarnation > incarnation ||
    (known.incarnation === incarnation && branch.entries[known.seq - 1]?.hash !== known.hash)
  if (!isAhead || isStopped(branch.entries)) return undefined
  return `does not hold entry ${known.seq} of life ${known.incarnation}, which its witness remembers, and goes on lending`
}
