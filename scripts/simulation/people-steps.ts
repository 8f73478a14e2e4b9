import type { DeviceEvent } from '@gatehouse/edge/devices/hub-contract'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { startMs } from './base-world.ts'
import type { Chance } from './chance.ts'
import { memberHeader } from './cloud-host.ts'
import type { HeardBooking, Simulation } from './simulation.ts'
import type { SiteMachine } from './site-machine.ts'
import type { StepKind } from './step.ts'
import { cardOf, hallId, memberIds, roomIds } from './world-rows.ts'

const half = 30 * 60_000
/** Starts that people ask for: few, so that they meet. */
const startsMax = 12

/** What people do at kiosks, in the app, at doors and at barriers. */
export const peopleSteps: readonly StepKind[] = [
  { name: 'hold at the kiosk', weight: 12, run: holdAtKiosk },
  { name: 'pay at the kiosk', weight: 9, run: payAtKiosk },
  { name: 'change at the kiosk', weight: 7, run: changeAtKiosk },
  { name: 'hold in the app', weight: 8, run: holdInApp },
  { name: 'pay in the app', weight: 6, run: payInApp },
  { name: 'cancel in the app', weight: 4, run: cancelInApp },
  { name: 'show a card', weight: 5, run: showCard },
  { name: 'drive', weight: 5, run: drive },
]

function aSite(simulation: Simulation, chance: Chance): SiteMachine | undefined {
  return chance.pickAny(simulation.machines)
}

/** A time that people ask for. */
export function anInterval(
  simulation: Simulation,
  chance: Chance,
): { readonly fromMs: number; readonly toMs: number } {
  const firstMs = Math.floor(simulation.stage.time.nowMs / half) * half
  const fromMs = Math.max(startMs, firstMs) + chance.below(startsMax) * half
  return { fromMs, toMs: fromMs + (1 + chance.below(3)) * half }
}

async function holdAtKiosk(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = aSite(simulation, chance)
  return machine?.life ? holdAt(simulation, machine, chance) : 'nobody there'
}

/** Somebody at a kiosk asks for a room. */
export async function holdAt(simulation: Simulation, machine: SiteMachine, chance: Chance): Promise<string> {
  const spaceId = chance.percent(15) ? hallId : chance.pick(roomIds)
  const body = { spaceId, ...anInterval(simulation, chance), guestName: 'Guest (simulated)' }
  const call = machine.kiosk('POST', '/bookings', chance.key(), body)
  return answered(simulation, machine.siteId, spaceId, call, (status, view) => {
    if (status === 201) simulation.hear(heardOf(view, machine.siteId))
    tell(simulation, machine.siteId, status, view)
  })
}

async function payAtKiosk(simulation: Simulation, chance: Chance): Promise<string> {
  const booking = chance.pickAny(simulation.heard.filter(({ memberId }) => memberId === undefined))
  const machine = booking && simulation.sites.get(booking.siteId)?.machine
  if (!booking || !machine?.life) return 'nothing to pay'
  const cash = { method: 'cash', tenderedMinor: booking.totalMinor + chance.below(500) }
  const card = { method: 'card', card: chance.percent(15) ? 'sandbox_declined' : 'sandbox_ok' }
  const body = chance.percent(40) ? cash : card
  const call = machine.kiosk('POST', `/bookings/${booking.bookingId}/confirm`, chance.key(), body)
  return answered(simulation, booking.siteId, body.method, call, (status, view) =>
    tell(simulation, booking.siteId, status, view),
  )
}

async function changeAtKiosk(simulation: Simulation, chance: Chance): Promise<string> {
  const booking = chance.pickAny(simulation.heard)
  const machine = booking && simulation.sites.get(booking.siteId)?.machine
  if (!booking || !machine?.life) return 'nothing to change'
  const verb = chance.pick(['cancel', 'cancel', 'check-in', 'release', 'extend', 'extend'])
  const body = verb === 'extend' ? { toMs: booking.toMs + half } : undefined
  const call = machine.kiosk('POST', `/bookings/${booking.bookingId}/${verb}`, chance.key(), body)
  return answered(simulation, booking.siteId, verb, call, (status, view) =>
    tell(simulation, booking.siteId, status, view),
  )
}

/** A member asks the cloud for a room; where the site has to decide, they wait. */
async function holdInApp(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = aSite(simulation, chance)
  return machine ? holdInAppAt(simulation, machine, chance) : 'no site'
}

/** A member asks for a room of a machine's site. */
export async function holdInAppAt(
  simulation: Simulation,
  machine: SiteMachine,
  chance: Chance,
): Promise<string> {
  const memberId = chance.pick(memberIds)
  const spaceId = chance.percent(15) ? hallId : chance.pick(roomIds)
  const body = { spaceId, ...anInterval(simulation, chance) }
  const call = asMember(simulation, memberId, `/sites/${machine.siteId}/bookings`, chance.key(), body)
  const onAnswer = hearBooking(simulation, machine.siteId, memberId)
  return answered(simulation, 'cloud', `${machine.siteId} ${spaceId}`, call, onAnswer)
}

/** A member keeps in mind what the app said of a booking of theirs. */
export function hearBooking(
  simulation: Simulation,
  siteId: string,
  memberId: string,
): (status: number, view: unknown) => void {
  return (status, view) => {
    if (status === 201 || status === 202) simulation.hear({ ...heardOf(view, siteId), memberId })
  }
}

async function payInApp(simulation: Simulation, chance: Chance): Promise<string> {
  const booking = ofMember(simulation, chance)
  if (!booking) return 'nothing to pay'
  const method = booking.totalMinor === 0 ? 'plan' : 'card'
  const path = `/bookings/${booking.bookingId}/confirm`
  return answered(
    simulation,
    'cloud',
    method,
    asMember(simulation, booking.memberId, path, chance.key(), { method }),
  )
}

async function cancelInApp(simulation: Simulation, chance: Chance): Promise<string> {
  const booking = ofMember(simulation, chance)
  if (!booking) return 'nothing to cancel'
  const path = `/bookings/${booking.bookingId}/cancel`
  return answered(
    simulation,
    'cloud',
    booking.siteId,
    asMember(simulation, booking.memberId, path, chance.key(), {}),
  )
}

async function showCard(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = aSite(simulation, chance)
  const number = cardOf(chance.percent(85) ? chance.pick(memberIds) : 'nobody')
  const door = chance.pick(['door-main', 'door-room-1'])
  machine?.asSite(({ devices }) =>
    devices.tell({ kind: 'card', deviceId: deviceIdSchema.parse(`${door}-reader`), number }),
  )
  await simulation.settle()
  return `${machine?.siteId ?? 'no site'} ${door}`
}

async function drive(simulation: Simulation, chance: Chance): Promise<string> {
  const machine = aSite(simulation, chance)
  const lane = chance.pick(['entry', 'exit'])
  const at = (part: string) => deviceIdSchema.parse(`${lane}-${part}`)
  const plate = `HH${chance.below(6)}`
  const passes = chance.percent(80)
  const barrier = { kind: 'loop', deviceId: at('barrier') } as const
  const capturedMs = simulation.stage.time.nowMs
  const read = { plate, score: 0.9, candidates: [], capturedMs, arrivalKey: chance.key() }
  const events: readonly DeviceEvent[] = [
    { ...barrier, loop: 'approach', covered: true },
    { kind: 'plate', deviceId: at('camera'), ...read },
    ...(passes ? [{ ...barrier, loop: 'safety', covered: true } as const] : []),
    { ...barrier, loop: 'approach', covered: false },
    ...(passes ? [{ ...barrier, loop: 'safety', covered: false } as const] : []),
  ]
  for (const event of events) {
    machine?.asSite(({ devices }) => devices.tell(event))
    await simulation.settle()
  }
  return `${machine?.siteId ?? 'no site'} ${lane} ${plate}`
}

/** A booking that somebody made in the app. */
export function ofMember(
  simulation: Simulation,
  chance: Chance,
): (HeardBooking & { readonly memberId: string }) | undefined {
  return chance.pickAny(
    simulation.heard.flatMap((booking) =>
      booking.memberId === undefined ? [] : [{ ...booking, memberId: booking.memberId }],
    ),
  )
}

/** Calls the cloud as a member's app does, at one of its processes. */
export async function asMember(
  simulation: Simulation,
  memberId: string,
  path: string,
  key: string,
  body: unknown,
  door = simulation.door(),
): Promise<Response> {
  simulation.stage.time.owner = door.name
  const headers = { [memberHeader]: memberId, 'content-type': 'application/json', 'idempotency-key': key }
  const url = `http://cloud.simulated/api/v1${path}`
  return door.answer(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }))
}

/** Waits for an answer until nothing moves any more; says in a few words what it was. */
export async function answered(
  simulation: Simulation,
  of: string,
  what: string,
  call: Promise<Response>,
  onAnswer: (status: number, body: unknown) => void = () => {},
): Promise<string> {
  const waiting = simulation.watch(what, of, call, onAnswer)
  await simulation.settle()
  return `${of} ${what}: ${waiting.outcome ?? 'waits'}`
}

/** What a site said to somebody it has to stand by. */
export function tell(simulation: Simulation, siteId: string, status: number, view: unknown): void {
  if (status >= 300) return
  const { bookingId, status: said } = bookingViewSchema.parse(view)
  simulation.told.push({ siteId, bookingId, status: said })
}

/** A booking as somebody heard of it. */
export function heardOf(view: unknown, siteId: string): HeardBooking {
  const { bookingId, spaceId, fromMs, toMs, price } = bookingViewSchema.parse(view)
  return { siteId, bookingId, spaceId, fromMs, toMs, totalMinor: price.totalMinor }
}
