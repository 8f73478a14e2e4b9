import { readEntries } from '@gatehouse/edge/ledger/entry-store'
import { lifeName } from './chain-memory.ts'
import { type CloudLending, checkLending, lendingColumns } from './loan-checks.ts'
import type { Simulation } from './simulation.ts'
import { type BookLines, bookColumns } from './site-books.ts'
import type { SiteChecks } from './site-checks.ts'
import type { SiteMachine } from './site-machine.ts'
import { ToldBooks, type ToldLife } from './told-books.ts'

interface StreamRow extends CloudLending, BookLines {
  readonly site_id: string
  readonly incarnation: number
  readonly head_seq: number
  readonly head_hash: string
  readonly entries: number
  /** Of the cloud's promises. */
  readonly epoch: number
  readonly projected: number
  /** The last entry that counts, where a later life took over. */
  readonly taken_over_at_seq: number | null
  /** The first of the lives whose books this one goes on with. */
  readonly books_from: number
}

/** One statement for everything that is looked at after each step. */
const stateSql = `SELECT (SELECT epoch FROM cloud_identity) AS epoch, s.site_id, s.incarnation, s.head_seq, s.head_hash, coalesce(p.seq, 0) AS projected,
    s.taken_over_at_seq, coalesce(i.books_from, s.incarnation) AS books_from,
    (SELECT count(*)::int FROM ledger_entries e
     WHERE e.site_id = s.site_id AND e.incarnation = s.incarnation) AS entries,
    ${bookColumns}, ${lendingColumns}
  FROM streams s JOIN site_incarnations i USING (site_id, incarnation)
  LEFT JOIN projection_positions p USING (site_id, incarnation) ORDER BY 1, 2`

/** What must be true of the cloud whenever something was written there. */
export class CloudChecks {
  readonly #simulation: Simulation
  readonly #sites: SiteChecks
  #statementsSeen = -1
  #restores = 0
  /** Its head of each life when it was looked at last. */
  readonly #heads = new Map<string, number>()
  readonly #books = new Map<string, ToldBooks>()

  constructor(simulation: Simulation, sites: SiteChecks) {
    this.#simulation = simulation
    this.#sites = sites
  }

  /** Looks at the cloud when it has asked its database for anything; tells its heads for the trace. */
  async check(): Promise<string> {
    const { pool } = this.#simulation.stage
    const { statements } = this.#simulation
    if (statements === this.#statementsSeen) return ''
    this.#statementsSeen = statements
    if (this.#restores !== this.#simulation.restores) {
      // An older copy has every right to know less.
      this.#restores = this.#simulation.restores
      this.#simulation.cloudKnows.heads.clear()
      this.#heads.clear()
    }
    const rows = await pool.inspect<StreamRow>(stateSql)
    for (const row of rows) this.#checkStream(row)
    this.#simulation.cloudKnows.epoch = rows[0]?.epoch ?? 0
    for (const { machine } of this.#simulation.sites.values()) {
      this.#checkBooks(
        machine,
        rows.filter(({ site_id }) => site_id === machine.siteId),
      )
    }
    return rows.map(({ head_seq, projected }) => `${head_seq}.${projected}`).join(' ')
  }

  #checkStream({ site_id, incarnation, head_seq, head_hash, entries }: StreamRow): void {
    if (!this.#simulation.sites.has(site_id)) return
    const name = lifeName(site_id, incarnation)
    if (head_seq > 0 && !this.#sites.chains.holding(name, { seq: head_seq, hash: head_hash })) {
      this.#broken(`the cloud holds entry ${head_seq} of ${name}, which the site never committed like that`)
    }
    if (entries !== head_seq) this.#broken(`the cloud has ${entries} entries of ${name}, head ${head_seq}`)
    if (head_seq < (this.#heads.get(name) ?? 0)) this.#broken(`the cloud lost entries of ${name}`)
    this.#heads.set(name, head_seq)
    this.#simulation.cloudKnows.heads.set(name, { seq: head_seq, hash: head_hash })
  }

  /** The books of a site are the fold of what its lives have told, each up to where the next took over. */
  #checkBooks(machine: SiteMachine, rows: readonly StreamRow[]): void {
    // A box that is never switched on has nothing to say.
    const newest = rows.findLast(
      ({ head_seq, incarnation, books_from }) =>
        head_seq > 0 || incarnation === 1 || books_from < incarnation,
    )
    if (!newest) return
    // For a site that sees the row of a loan's end before that of a sale in it.
    if (newest.unnamed !== null) this.#broken(`${machine.siteId}: ${newest.unnamed}`)
    if (this.#holdsAll(machine, newest)) {
      const twice = checkLending(machine, newest)
      if (twice) this.#broken(twice)
    }
    const told = rows.filter(
      ({ incarnation }) => incarnation >= newest.books_from && incarnation <= newest.incarnation,
    )
    this.#checkTakenOver(machine, newest, told)
    const books = this.#books.get(machine.siteId) ?? new ToldBooks()
    this.#books.set(machine.siteId, books)
    const differs = books.of(told.flatMap((row) => this.#projected(row) ?? [])).differenceFrom(newest)
    if (differs) this.#broken(`the cloud's books of ${machine.siteId} at ${newest.projected}: ${differs}`)
  }

  /** A life that took over holds every entry that the cloud had acknowledged to the lives before. */
  #checkTakenOver(machine: SiteMachine, newest: StreamRow, told: readonly StreamRow[]): void {
    const { incarnation, head_seq, head_hash } = newest
    const { name, past, entries } = this.#sites.chains.present(machine) ?? { name: '', past: [], entries: [] }
    if (name !== lifeName(machine.siteId, incarnation) || entries[head_seq - 1]?.hash !== head_hash) return
    const before = told.filter((row) => row.incarnation < incarnation)
    const acknowledged = before.reduce((sum, { taken_over_at_seq }) => sum + (taken_over_at_seq ?? 0), 0)
    if (past.length !== acknowledged) {
      this.#broken(`${machine.name} took over ${past.length} entries of ${acknowledged} that the cloud had`)
    }
  }

  /** Whether the store of a machine is no older than what the cloud has heard of it. */
  #holdsAll({ siteId, life }: SiteMachine, newest: StreamRow): boolean {
    const kernel = life?.site.kernel
    if (kernel?.incarnation !== newest.incarnation) return false
    const { head_seq, head_hash, incarnation } = newest
    const [own] = readEntries(kernel.db, { incarnation, afterSeq: head_seq - 1, limit: 1 })
    return siteId === newest.site_id && own?.hash === head_hash
  }

  #projected(row: StreamRow): ToldLife | undefined {
    const { site_id, incarnation, head_seq, head_hash, projected, taken_over_at_seq } = row
    const name = lifeName(site_id, incarnation)
    const branch = this.#sites.chains.holding(name, { seq: head_seq, hash: head_hash })
    return branch && { branch, count: Math.min(projected, taken_over_at_seq ?? projected) }
  }

  #broken(sentence: string): void {
    this.#simulation.violations.push(sentence)
  }
}
