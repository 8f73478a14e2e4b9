import type { SiteDatabase } from '@gatehouse/edge/ledger/database'
import { adoptSite } from './adoption-steps.ts'
import { checkCreditBooks } from './credit-books.ts'
import type { CreditChecks } from './credit-checks.ts'
import { loanDifference } from './loan-checks.ts'
import { openWire } from './network.ts'
import type { Simulation } from './simulation.ts'
import { differenceOf, SiteBooks } from './site-books.ts'
import type { SiteChecks } from './site-checks.ts'

/** After this long whoever looks at HQ lets a new box take over where the cloud knows another life than the machine's. */
const noticedMs = 90_000
/** Simulated time within which everything has to agree once nothing fails any more. */
const agreedMaxMs = 15 * 60_000
/** One look at the world each: at first often, later as seldom as its slowest timers. */
const roundsMs = { first: 3_000, later: 20_000, firstFor: 30_000 }

/** Mends everything, then requires that all sides come to agree within 15 simulated minutes. */
export async function heal(
  simulation: Simulation,
  checks: { readonly sites: SiteChecks; readonly credits: CreditChecks },
  look: () => Promise<string>,
): Promise<void> {
  await mend(simulation)
  let differs: string | undefined = 'not looked at'
  for (let passedMs = 0; passedMs < agreedMaxMs; ) {
    const roundMs = passedMs < roundsMs.firstFor ? roundsMs.first : roundsMs.later
    passedMs += roundMs
    await simulation.pass(roundMs)
    await simulation.moveAll()
    await look()
    if (passedMs >= noticedMs && passedMs - roundMs < noticedMs) await adoptWhereNeeded(simulation)
    if (simulation.violations.length > 0) return
    differs = await difference(simulation)
    if (differs === undefined) break
  }
  if (differs !== undefined) simulation.violations.push(`no agreement after 15 minutes: ${differs}`)
  else {
    await checkBooks(simulation, checks.sites)
    await checkCreditBooks(simulation, checks)
  }
  simulation.diary.note(`healed: ${differs ?? 'agreed'}`)
}

async function mend(simulation: Simulation): Promise<void> {
  simulation.stage.pool.killAfter(undefined)
  if (!simulation.cloud.isRunning) await simulation.startCloud()
  for (const machine of simulation.machines) {
    simulation.network.setWire(machine.siteId, openWire)
    machine.clock.set()
    machine.disarm()
    simulation.stage.disks.free(machine)
    if (machine.isOff) await simulation.start(machine)
  }
}

/** What only a person can mend: a machine that is no longer its site's. */
async function adoptWhereNeeded(simulation: Simulation): Promise<void> {
  for (const { machine } of [...simulation.sites.values()]) {
    const life = await simulation.lifeOf(machine.siteId)
    // A restored cloud may have given the same number to another box.
    const isIts = life?.incarnation === machine.incarnation && life.public_key === machine.publicKey
    if (!isIts) await adoptSite(simulation, machine, 'broken')
  }
}

interface LoanRow {
  readonly site_id: string
  readonly loan_id: string
  readonly state: string
}

interface SiteRow {
  readonly site_id: string
  readonly head_seq: number
  readonly projected: number
  readonly rev: number
  readonly requests: number
  readonly payments: number
  /** Open cases that nothing which was simulated can excuse. */
  readonly cases: readonly string[] | null
}

const agreementSql = `SELECT s.site_id, s.head_seq, coalesce(p.seq, 0) AS projected, d.rev,
    (SELECT count(*)::int FROM booking_request r WHERE r.site_id = s.site_id AND r.state = 'waiting') AS requests,
    (SELECT count(*)::int FROM card_payment c
     WHERE c.site_id = s.site_id AND c.state IN ('created', 'authorised')) AS payments,
    (SELECT jsonb_agg(e.kind || ' ' || e.detail::text) FROM exceptions e WHERE e.site_id = s.site_id
     AND e.closed_ms IS NULL AND (e.kind IN ('chain_fork', 'difference', 'chain_gap', 'unprojectable')
       OR e.kind = 'sale_contradicted' AND e.detail ->> 'outcome' <> 'too_late')) AS cases
  FROM streams s JOIN sites USING (site_id, incarnation) JOIN directory_heads d USING (site_id)
  LEFT JOIN projection_positions p USING (site_id, incarnation)`

/** What is still different between the sides, in words; `undefined` when they agree. */
async function difference(simulation: Simulation): Promise<string | undefined> {
  const rows = await simulation.stage.pool.inspect<SiteRow>(agreementSql)
  for (const row of rows) {
    const life = simulation.sites.get(row.site_id)?.machine.life
    if (!simulation.sites.has(row.site_id)) continue
    if (!life) return `${row.site_id} is down`
    const { head, sells, storage } = life.site.kernel
    const { rev } = life.site.directory.position()
    if (storage !== 'open') return `the store of ${row.site_id} is ${storage}`
    if (!sells) return `${row.site_id} does not sell`
    if (head.seq !== row.head_seq) return `${row.site_id} has ${head.seq} entries, the cloud ${row.head_seq}`
    if (row.projected !== row.head_seq)
      return `${row.site_id} is projected to ${row.projected} of ${row.head_seq}`
    if (rev !== row.rev) return `${row.site_id} is at directory row ${rev} of ${row.rev}`
    if (row.requests > 0) return `${row.requests} requests to ${row.site_id} wait`
    const cases = row.cases?.filter((about) => !isForPerson(simulation, row.site_id, about)) ?? []
    if (cases.length > 0) return `a case is open at ${row.site_id}: ${cases[0]}`
    if (row.payments > 0) return `${row.payments} card payments of ${row.site_id} are open`
  }
  // Whom a restored cloud does not know, it cannot tell.
  const selling = [...simulation.old.values()].find(({ life }) => life?.site.kernel.sells)
  if (selling && simulation.restores === 0) return `${selling.name} was replaced and sells`
  const loans = await simulation.stage.pool.inspect<LoanRow>('SELECT site_id, loan_id, state FROM loans')
  const lent = loanDifference(simulation, loans)
  if (lent) return lent
  const waiting = simulation.calls.find(({ of, outcome }) => of === 'cloud' && outcome === undefined)
  return waiting && `somebody waits: ${waiting.what}`
}

/** What an older disk has forked or sold twice stays open until a person has looked. */
function isForPerson(simulation: Simulation, siteId: string, about: string): boolean {
  return simulation.forPerson.has(siteId) && /^(chain_fork|unprojectable|sale_contradicted) /.test(about)
}

interface BooksRow {
  readonly site_id: string
  readonly bookings: Readonly<Record<string, string>> | null
  readonly takings: Readonly<Record<string, number>> | null
}

const booksSql = `SELECT s.site_id,
    (SELECT jsonb_object_agg(b.booking_id, b.status) FROM bookings b WHERE b.site_id = s.site_id) AS bookings,
    (SELECT jsonb_object_agg(p.payment_id, p.amount_minor) FROM payments p WHERE p.site_id = s.site_id) AS takings
  FROM sites s`

const staysSql = `SELECT session_id AS name, CASE state WHEN 'charged' THEN 'inside' ELSE state END AS value
  FROM parking_sessions`

/** The site's tables say what its entries say, and the cloud's tables the same. */
async function checkBooks(simulation: Simulation, sites: SiteChecks): Promise<void> {
  const rows = await simulation.stage.pool.inspect<BooksRow>(booksSql)
  for (const { site_id, bookings, takings } of rows) {
    const machine = simulation.sites.get(site_id)?.machine
    const life = machine?.life
    if (!life) continue
    const { db, incarnation } = life.site.kernel
    const own = pairs(db, 'SELECT booking_id AS name, status AS value FROM bookings')
    const ownTakings = pairs(db, 'SELECT payment_id AS name, amount_minor AS value FROM payments')
    const { past, entries } = sites.chains.presentOf(machine, incarnation)
    const books = new SiteBooks()
    for (const entry of [...past, ...entries]) books.add(entry)
    const statuses = books.statuses()
    const sold = new Map([...own].filter(([bookingId]) => statuses.has(bookingId)))
    const stays = pairs(db, staysSql)
    const differs =
      differenceOf(statuses, sold) ??
      differenceOf(books.places(), stays) ??
      differenceOf(own, new Map(Object.entries(bookings ?? {}))) ??
      differenceOf(
        ownTakings,
        new Map(Object.entries(takings ?? {}).map(([name, minor]) => [name, String(minor)])),
      )
    if (differs) simulation.violations.push(`the books of ${site_id}: ${differs}`)
  }
}

function pairs(db: SiteDatabase, sql: string): Map<string, string> {
  const rows = db.prepare<[], { name: string; value: string | number }>(sql).all()
  return new Map(rows.map(({ name, value }) => [name, String(value)]))
}
