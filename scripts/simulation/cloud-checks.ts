import { differenceOf, fold } from './booking-fold.ts'
import { type CloudLending, checkLending, lendingColumns } from './loan-checks.ts'
import type { Simulation } from './simulation.ts'
import type { SiteChecks } from './site-checks.ts'

interface StreamRow extends CloudLending {
  readonly site_id: string
  readonly incarnation: number
  readonly head_seq: number
  readonly head_hash: string
  readonly entries: number
  readonly projected: number
  readonly bookings: Readonly<Record<string, string>> | null
}

/** One statement for everything that is looked at after each step. */
const stateSql = `SELECT s.site_id, s.incarnation, s.head_seq, s.head_hash, coalesce(p.seq, 0) AS projected,
    (SELECT count(*)::int FROM ledger_entries e
     WHERE e.site_id = s.site_id AND e.incarnation = s.incarnation) AS entries,
    (SELECT jsonb_object_agg(b.booking_id, b.status) FROM bookings b WHERE b.site_id = s.site_id AND b.loan_ids = '{}') AS bookings, ${lendingColumns}
  FROM streams s LEFT JOIN projection_positions p USING (site_id, incarnation) ORDER BY 1, 2`

/** What must be true of the cloud whenever something was written there. */
export class CloudChecks {
  readonly #simulation: Simulation
  readonly #sites: SiteChecks
  #statementsSeen = -1
  #restores = 0
  readonly #heads = new Map<string, number>()

  constructor(simulation: Simulation, sites: SiteChecks) {
    this.#simulation = simulation
    this.#sites = sites
  }

  /** Looks at the cloud when it has asked its database for anything; tells its heads for the trace. */
  async check(): Promise<string> {
    const { pool } = this.#simulation.stage
    if (pool.statements === this.#statementsSeen) return ''
    this.#statementsSeen = pool.statements
    if (this.#restores !== this.#simulation.restores) {
      // An older copy has every right to know less.
      this.#restores = this.#simulation.restores
      this.#heads.clear()
    }
    const rows = await pool.inspect<StreamRow>(stateSql)
    for (const row of rows) this.#checkStream(row)
    return rows.map(({ head_seq, projected }) => `${head_seq}.${projected}`).join(' ')
  }

  #checkStream(row: StreamRow): void {
    const { site_id, incarnation, head_seq, head_hash } = row
    const machine = this.#simulation.sites.get(site_id)?.machine
    // The box that replaced another is never switched on here: what there is to say is the older life's.
    if (!machine || (this.#simulation.replaced.has(site_id) && incarnation > 1)) return
    const twice = checkLending(machine, row)
    if (twice) this.#broken(twice)
    const name = `${site_id}/${incarnation}`
    const chain = this.#sites.chainOf(site_id, incarnation)
    const at = chain[head_seq - 1]
    if (head_seq > 0 && at?.hash !== head_hash) {
      this.#broken(
        `the cloud holds entry ${head_seq} of ${site_id}, which the site never committed like that`,
      )
    }
    if (row.entries !== head_seq)
      this.#broken(`the cloud has ${row.entries} entries of ${site_id}, head ${head_seq}`)
    if (head_seq < (this.#heads.get(name) ?? 0)) this.#broken(`the cloud lost entries of ${site_id}`)
    this.#heads.set(name, head_seq)
    const expected = fold(chain.slice(0, row.projected))
    const differs = differenceOf(expected, new Map(Object.entries(row.bookings ?? {})))
    if (differs) this.#broken(`the cloud's bookings of ${site_id} at ${row.projected}: ${differs}`)
  }

  #broken(sentence: string): void {
    this.#simulation.violations.push(sentence)
  }
}
