import { differenceOf, fold } from './booking-fold.ts'
import { openWire } from './network.ts'
import type { Simulation } from './simulation.ts'
import type { SiteChecks } from './site-checks.ts'

/** Simulated time within which everything has to agree once nothing fails any more. */
const agreedMaxMs = 15 * 60_000
const roundMs = 3_000

/** Mends everything, then requires that all sides come to agree within 15 simulated minutes. */
export async function heal(
  simulation: Simulation,
  sites: SiteChecks,
  look: () => Promise<string>,
): Promise<void> {
  await mend(simulation)
  let differs: string | undefined = 'not looked at'
  for (let passedMs = 0; passedMs < agreedMaxMs; passedMs += roundMs) {
    await simulation.pass(roundMs)
    await simulation.moveAll()
    await look()
    if (simulation.violations.length > 0) return
    differs = await difference(simulation)
    if (differs === undefined) break
  }
  if (differs !== undefined) simulation.violations.push(`no agreement after 15 minutes: ${differs}`)
  else checkBooks(simulation, sites)
  simulation.diary.note(`healed: ${differs ?? 'agreed'}`)
}

async function mend(simulation: Simulation): Promise<void> {
  simulation.stage.pool.killAfter(undefined)
  if (!simulation.cloud.isRunning) await simulation.startCloud()
  for (const machine of simulation.machines) {
    simulation.network.setWire(machine.siteId, openWire)
    machine.clock.set()
    machine.disarm()
    if (!machine.life) await simulation.startSite(machine.siteId)
  }
}

interface SiteRow {
  readonly site_id: string
  readonly head_seq: number
  readonly projected: number
  readonly rev: number
  readonly requests: number
  readonly payments: number
}

const agreementSql = `SELECT s.site_id, s.head_seq, coalesce(p.seq, 0) AS projected, d.rev,
    (SELECT count(*)::int FROM booking_request r WHERE r.site_id = s.site_id AND r.state = 'waiting') AS requests,
    (SELECT count(*)::int FROM card_payment c
     WHERE c.site_id = s.site_id AND c.state IN ('created', 'authorised')) AS payments
  FROM streams s JOIN sites USING (site_id, incarnation) JOIN directory_heads d USING (site_id)
  LEFT JOIN projection_positions p USING (site_id, incarnation)`

/** What is still different between the sides, in words; `undefined` when they agree. */
async function difference(simulation: Simulation): Promise<string | undefined> {
  const rows = await simulation.stage.pool.inspect<SiteRow>(agreementSql)
  for (const row of rows) {
    const life = simulation.sites.get(row.site_id)?.machine.life
    if (!simulation.sites.has(row.site_id)) continue
    if (!life) return `${row.site_id} is down`
    const { head, sells } = life.site.kernel
    const { rev } = life.site.directory.position()
    if (!sells) return `${row.site_id} does not sell`
    if (head.seq !== row.head_seq) return `${row.site_id} has ${head.seq} entries, the cloud ${row.head_seq}`
    if (row.projected !== row.head_seq)
      return `${row.site_id} is projected to ${row.projected} of ${row.head_seq}`
    if (rev !== row.rev) return `${row.site_id} is at directory row ${rev} of ${row.rev}`
    if (row.requests > 0) return `${row.requests} requests to ${row.site_id} wait`
    if (row.payments > 0) return `${row.payments} card payments of ${row.site_id} are open`
  }
  const waiting = simulation.calls.find(({ outcome }) => outcome === undefined)
  return waiting && `somebody waits: ${waiting.what}`
}

/** The site's own tables say what its entries say. */
function checkBooks(simulation: Simulation, sites: SiteChecks): void {
  for (const { siteId, life } of simulation.machines) {
    if (!life) continue
    const { db, incarnation } = life.site.kernel
    const rows = db
      .prepare<[], { booking_id: string; status: string }>('SELECT booking_id, status FROM bookings')
      .all()
    const own = new Map(rows.map(({ booking_id, status }) => [booking_id, status]))
    const differs = differenceOf(fold(sites.chainOf(siteId, incarnation)), own)
    if (differs) simulation.violations.push(`the books of ${siteId}: ${differs}`)
  }
}
