import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { fundBucket } from '@gatehouse/cloud/credits/fund-bucket'
import { moveCredits } from '@gatehouse/cloud/credits/move-credits'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import type { CloudAllowanceCommand } from '@gatehouse/shared/credits/cloud-allowance'
import { creditBucketIdSchema, memberIdSchema, newId, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { startMs } from './base-world.ts'
import type { Chance } from './chance.ts'
import { anInterval, answered, heardOf, tell } from './people-steps.ts'
import type { Simulation } from './simulation.ts'
import type { StepKind } from './step.ts'
import { hallId, memberIds, pinOf, roomIds } from './world-rows.ts'

const hour = 3_600_000
/** Buckets of a story: few, so that they are spent. */
const bucketsMax = 4

/** Members' credits: given, moved to sites and asked back, spent at kiosks. */
export const creditSteps: readonly StepKind[] = [
  { name: 'credits are given', weight: 1, run: give },
  { name: 'credits are moved', weight: 3, run: move },
  { name: 'pay by credits at the kiosk', weight: 6, run: payByCredits },
]

async function give(simulation: Simulation, chance: Chance): Promise<string> {
  if (simulation.clouds.length === 0) return 'no cloud'
  if (simulation.funded.size >= bucketsMax) return 'enough'
  const { nowMs } = simulation.stage.time
  const funding = {
    bucketId: newId(creditBucketIdSchema, 'cb', new SeededRandom(chance.below(0x7fff_ffff))),
    memberId: memberIdSchema.parse(chance.pick(memberIds)),
    ...{ operatorId: 'simulated', currency: 'EUR', reason: 'goodwill' as const },
    amountMinor: 1_000 + 500 * chance.below(7),
    promotional: chance.percent(30),
    ...{ fromMs: startMs - hour, expiresMs: nowMs + (chance.percent(30) ? 2 * hour : 30 * 24 * hour) },
  }
  // Whoever asked in vain does not know whether it was done.
  simulation.funded.set(funding.bucketId, funding.amountMinor)
  return done(simulation, funding.bucketId, (pool, by) => fundBucket(pool, funding, by))
}

async function move(simulation: Simulation, chance: Chance): Promise<string> {
  const bucketId = chance.pickAny([...simulation.funded.keys()])
  const siteId = siteIdSchema.parse(chance.pickAny([...simulation.sites.keys()]))
  if (bucketId === undefined || simulation.clouds.length === 0) return 'nothing to move'
  const amountMinor = 250 * (1 + chance.below(8))
  const command = chance.pick<CloudAllowanceCommand>([
    { kind: 'move', amountMinor },
    { kind: 'move', amountMinor },
    { kind: 'askBack', amountMinor },
    { kind: 'setOverdraft', overdraftMinor: 300 * chance.below(4) },
  ])
  const { nowMs } = simulation.stage.time
  return done(simulation, `${siteId} ${command.kind}`, (pool, by) =>
    moveCredits(pool, { bucketId, siteId, command, by, nowMs }),
  )
}

type Pool = Parameters<typeof fundBucket>[0]
type Origin = Parameters<typeof fundBucket>[2]

/** What somebody at HQ does; the cloud may fall meanwhile. */
async function done(
  simulation: Simulation,
  what: string,
  act: (
    pool: Pool,
    by: Origin,
  ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: string }>,
): Promise<string> {
  const door = simulation.door()
  let said = 'the cloud fell'
  simulation.stage.time.owner = door.name
  act(door.pool.outside(), commandOrigin('simulation', simulation.stage.time.nowMs)).then(
    (outcome) => {
      said = outcome.ok ? 'done' : outcome.error
    },
    (error: unknown) => simulation.violations.push(`${what}: ${String(error)}`),
  )
  await simulation.settle()
  return `${what}: ${said}`
}

/** A member says who they are, books, or finds what they booked, and pays with what the site may spend of their credits. */
async function payByCredits(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = chance.pickAny(simulation.machines.filter(({ life }) => life !== undefined))
  if (!machine) return 'nobody there'
  const { siteId } = machine
  const memberId = chance.pick(memberIds)
  let memberToken = ''
  const identify = machine.kiosk('POST', '/identify', chance.key(), { pin: pinOf(memberId) })
  const known = await answered(simulation, siteId, memberId, identify, (_status, body) => {
    memberToken = (body as { memberToken?: string }).memberToken ?? ''
  })
  if (memberToken === '') return known
  const own = simulation.heard.filter((one) => one.siteId === siteId && one.memberId === memberId)
  let bookingId = chance.percent(40) ? chance.pickAny(own)?.bookingId : undefined
  if (bookingId === undefined) {
    const spaceId = chance.percent(15) ? hallId : chance.pick(roomIds)
    const body = { spaceId, ...anInterval(simulation, chance), memberToken }
    const hold = machine.kiosk('POST', '/bookings', chance.key(), body)
    const held = await answered(simulation, siteId, spaceId, hold, (status, view) => {
      if (status !== 201) return
      simulation.hear(heardOf(view, siteId))
      bookingId = bookingViewSchema.parse(view).bookingId
      tell(simulation, siteId, status, view)
    })
    if (bookingId === undefined || !machine.life) return held
  }
  const pay = machine.kiosk('POST', `/bookings/${bookingId}/confirm`, chance.key(), {
    method: 'credits',
    memberToken,
  })
  return answered(simulation, siteId, 'credits', pay, (status, view) =>
    tell(simulation, siteId, status, view),
  )
}
