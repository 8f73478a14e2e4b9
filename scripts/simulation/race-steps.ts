import { tendLoans } from '@gatehouse/cloud/loans/end-loans'
import type { Chance } from './chance.ts'
import type { CloudHost } from './cloud-host.ts'
import { Interleaving } from './interleaving.ts'
import type { Message } from './network.ts'
import { asMember, hearBooking, ofMember } from './people-steps.ts'
import type { Simulation } from './simulation.ts'
import type { StepKind } from './step.ts'
import { memberIds, roomIds } from './world-rows.ts'

const minute = 60_000
const half = 30 * minute
/** Waiting for the end of a loan must not make the whole story jump. */
const nearMs = 20 * minute
/** The second begins when so many statements of the first were let go, at most. */
const aheadMax = 24
const passLifeMs = 24 * 60 * minute

/** What one process does in a schedule. */
type Act = (door: CloudHost) => void

/** Two acts, one at each process. */
interface Pair {
  readonly what: string
  readonly first: Act
  readonly second: Act
}

/** What a schedule says that finds nothing to do. */
const idle = ['not now', 'no loan ends soon', 'no upload', 'no booking'] as const
type Idle = (typeof idle)[number]

type Schedule = (simulation: Simulation, chance: Chance) => Promise<Pair | Idle>

/** The named schedules in which two things are in flight at once. */
const schedules = {
  'a close meets a hold': closeAndHold,
  'two holds meet': twoHolds,
  'an upload arrives at both': uploadAtBoth,
  'a payment meets a cancellation': payAndCancel,
} satisfies Record<string, Schedule>

/** What two processes of the cloud do at once; the schedules by themselves are for those who name them. */
export const raceSteps: readonly StepKind[] = [
  { name: 'two processes race', weight: 2, run: anyRace },
  { name: 'the second process ends', weight: 5, run: endSecond },
  ...Object.entries(schedules).map(([name, schedule]) => ({
    name,
    weight: 0,
    run: (simulation: Simulation, chance: Chance) => race(simulation, chance, schedule),
  })),
]

/** The schedule that is drawn, or the next one for which there is what it needs. */
async function anyRace(simulation: Simulation, chance: Chance): Promise<string> {
  const named = Object.entries(schedules)
  const at = chance.below(named.length)
  let said = ''
  for (const [name, schedule] of [...named.slice(at), ...named.slice(0, at)]) {
    said = `${name}: ${await race(simulation, chance, schedule)}`
    if (!idle.some((words) => said.endsWith(words))) return said
  }
  return said
}

async function endSecond(simulation: Simulation): Promise<string> {
  if (!simulation.beside.isRunning) return 'there is none'
  await simulation.killCloud(simulation.beside)
  return 'ended'
}

/** Lets two processes do something at once; statements are let go one by one as the seed draws. */
async function race(simulation: Simulation, chance: Chance, schedule: Schedule): Promise<string> {
  const { cloud, beside, stage } = simulation
  if (!cloud.isRunning || cloud.pool.isArmed) return 'not now'
  if (!beside.isRunning) await simulation.startCloud(beside)
  const pair = await schedule(simulation, chance)
  if (typeof pair === 'string') return pair
  const [one, other] = chance.percent(50) ? [cloud, beside] : [beside, cloud]
  const { quiet, time, locks } = stage
  const pids = [...cloud.pool.pids, ...beside.pool.pids]
  const order = new Interleaving({ quiet, time, locks, pids })
  const begins = { first: 0, second: chance.below(aheadMax) }
  const begin = (which: 'first' | 'second', door: CloudHost) => {
    begins[which] = Number.POSITIVE_INFINITY
    time.owner = door.name
    pair[which](door)
  }
  for (const door of [cloud, beside]) door.pool.gate = order.gateOf(door.name)
  begin('first', one)
  await order.play(chance, (turns) => {
    if (turns >= begins.second) begin('second', other)
  })
  if (Number.isFinite(begins.second)) {
    begin('second', other)
    await order.play(chance, () => {})
  }
  for (const door of [cloud, beside]) door.pool.gate = undefined
  simulation.diary.note(`  statements of ${one.name} and ${other.name}: ${order.order}`)
  if (order.deadlock !== undefined)
    simulation.violations.unshift(`two processes wait for each other: ${order.deadlock}`)
  await simulation.settle()
  return pair.what
}

interface OpenLoan {
  readonly site_id: string
  readonly loan_id: string
  readonly space_id: string
  readonly from_ms: number
  readonly to_ms: number
  readonly until_ms: number
}

/** Loans that the cloud sells in, the one that ends first before the others. */
async function openLoans(simulation: Simulation): Promise<readonly OpenLoan[]> {
  const { pool, time } = simulation.stage
  const loans = await pool.inspect<OpenLoan>(
    `SELECT site_id, loan_id, space_id, from_ms, to_ms, least(sell_until_ms, to_ms) AS until_ms FROM loans
     WHERE state = 'open' AND least(sell_until_ms, to_ms) > $1 ORDER BY until_ms, site_id, loan_id`,
    [time.nowMs],
  )
  return loans.filter(({ site_id }) => simulation.sites.has(site_id))
}

/** One process sells in a loan up to its cut-off, the other ends it there. */
async function closeAndHold(simulation: Simulation, chance: Chance): Promise<Pair | Idle> {
  const { time } = simulation.stage
  const [loan] = (await openLoans(simulation)).filter(({ until_ms }) => until_ms - time.nowMs <= nearMs)
  if (!loan) return 'no loan ends soon'
  await simulation.pass(loan.until_ms - time.nowMs - 1)
  return {
    what: `${loan.site_id} ${loan.space_id}`,
    first: hold(simulation, chance, { ...loan, ...blockIn(loan, time.nowMs, chance) }),
    second: (door) => {
      time.nowMs = Math.max(time.nowMs, loan.until_ms)
      tendLoans({ pool: door.pool.outside(), clock: door.clock, passLifeMs }).catch((error: unknown) => {
        simulation.violations.push(`loans were not tended: ${String(error)}`)
      })
    },
  }
}

/** Half an hour inside a loan that leaves room for the gap after it. */
function blockIn(loan: OpenLoan, nowMs: number, chance: Chance): { fromMs: number; toMs: number } {
  const firstMs = Math.max(loan.from_ms, Math.ceil(nowMs / half) * half)
  const places = Math.max(1, Math.floor((loan.to_ms - firstMs) / half) - 1)
  const fromMs = firstMs + chance.below(places) * half
  return { fromMs, toMs: fromMs + half }
}

/** Two people want the same time of the same space, in a loan or at the site. */
async function twoHolds(simulation: Simulation, chance: Chance): Promise<Pair | Idle> {
  const { nowMs } = simulation.stage.time
  const loan = chance.percent(70) ? chance.pickAny(await openLoans(simulation)) : undefined
  const site_id = loan?.site_id ?? chance.pickAny([...simulation.sites.keys()]) ?? ''
  const space_id = loan?.space_id ?? chance.pick(roomIds)
  const fromMs = Math.ceil(nowMs / half) * half + chance.below(6) * half
  const asked = {
    site_id,
    space_id,
    ...(loan ? blockIn(loan, nowMs, chance) : { fromMs, toMs: fromMs + half }),
  }
  return {
    what: `${site_id} ${space_id}`,
    first: hold(simulation, chance, asked),
    second: hold(simulation, chance, asked),
  }
}

function hold(
  simulation: Simulation,
  chance: Chance,
  asked: {
    readonly site_id: string
    readonly space_id: string
    readonly fromMs: number
    readonly toMs: number
  },
): Act {
  const { site_id: siteId, space_id: spaceId, fromMs, toMs } = asked
  const [memberId, key] = [chance.pick(memberIds), chance.key()]
  return (door) => {
    const path = `/sites/${siteId}/bookings`
    const call = asMember(simulation, memberId, path, key, { spaceId, fromMs, toMs }, door)
    simulation.watch(`${siteId} ${spaceId}`, 'cloud', call, hearBooking(simulation, siteId, memberId))
  }
}

/** A site's upload that is answered by nobody in time is sent again, to the other process. */
async function uploadAtBoth(simulation: Simulation, chance: Chance): Promise<Pair | Idle> {
  const uploads = simulation.network
    .movable()
    .filter(({ flow, state }) => flow === 'stream' && state === 'asked')
  const upload: Message | undefined = chance.pickAny(uploads)
  if (!upload) return 'no upload'
  const again = upload.make()
  return {
    what: upload.site,
    first: (door) => simulation.network.move(upload, door),
    second: (door) => {
      door.fetch(again).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      )
    },
  }
}

async function payAndCancel(simulation: Simulation, chance: Chance): Promise<Pair | Idle> {
  const booking = ofMember(simulation, chance)
  if (!booking) return 'no booking'
  const { memberId, bookingId, totalMinor, siteId } = booking
  const method = totalMinor === 0 ? 'plan' : 'card'
  const act = (verb: string, key: string, body: object) => (door: CloudHost) => {
    const call = asMember(simulation, memberId, `/bookings/${bookingId}/${verb}`, key, body, door)
    simulation.watch(`${siteId} ${verb}`, 'cloud', call, () => {})
  }
  return {
    what: siteId,
    first: act('confirm', chance.key(), { method }),
    second: act('cancel', chance.key(), {}),
  }
}
