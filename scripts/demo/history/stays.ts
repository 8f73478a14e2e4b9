import { paymentIdOf } from '@gatehouse/edge/drawer/card-payments'
import type { SiteCore } from '@gatehouse/edge/site/site-core'
import { quoteViewSchema } from '@gatehouse/shared/api/views'
import { z } from 'zod'
import type { ParkedVehicle } from '../site/parked-vehicles.ts'
import type { PlannedStay } from './plan.ts'
import type { Timeline } from './timeline.ts'

const minuteMs = 60_000
const passMs = 6_000
const parkMs = 70_000
const caller = 'device:kiosk-1'

const arrivalSchema = z.object({
  kind: z.string(),
  sessionId: z.string().optional(),
  spaceId: z.string().optional(),
  ticket: z.string().optional(),
  reason: z.string().optional(),
})

export interface StayHistoryOptions {
  readonly core: SiteCore
  readonly timeline: Timeline
  /** Cars that are still there when the history ends. */
  readonly parked: Map<string, ParkedVehicle>
  readonly onRefused: (what: string, code: string) => void
}

/** Plans each stay: arrival, passage, bay, payment, departure. */
export function replayStays(options: StayHistoryOptions, planned: readonly PlannedStay[]): void {
  options.timeline.plan(
    planned.map((stay, index) => ({
      atMs: stay.atMs,
      run: () => arrive(options, stay, `history-stay-${index}`),
    })),
  )
}

async function arrive(options: StayHistoryOptions, stay: PlannedStay, key: string): Promise<void> {
  const { core, timeline, parked, onRefused } = options
  const { kernel, directory } = core
  const { plate, vehicleClass, entryLaneId: laneId } = stay
  const outcome = await kernel.submit({
    kind: 'arriveVehicle',
    caller: `device:${laneId}-camera`,
    key,
    input: { laneId, by: { kind: 'plate', plate }, vehicleClass },
  })
  if (!outcome.ok) return onRefused('arriveVehicle', outcome.refusal.code)
  const arrival = arrivalSchema.parse(outcome.value)
  const { sessionId, spaceId, ticket } = arrival
  if (sessionId === undefined) return onRefused('arriveVehicle', arrival.reason ?? arrival.kind)
  await pass(options, laneId, `${key}-in`)
  const spaceName = spaceId === undefined ? undefined : directory.all('space').get(spaceId)?.name
  parked.set(plate, {
    plate,
    vehicleClass,
    arrivedMs: stay.atMs,
    ...(spaceId === undefined ? {} : { spaceId }),
    ...(spaceName === undefined ? {} : { spaceName }),
    ...(ticket === undefined ? {} : { ticket }),
  })
  if (spaceId !== undefined) timeline.at(stay.atMs + parkMs, () => sense(core, spaceId, true, `${key}-taken`))
  timeline.at(stay.departMs - minuteMs / 2, () => pay(options, sessionId, stay, `${key}-pay`))
  timeline.at(stay.departMs - minuteMs, async () => {
    if (spaceId !== undefined) await sense(core, spaceId, false, `${key}-left`)
  })
  timeline.at(stay.departMs, () => depart(options, stay, `${key}-out`))
}

/** Waits until the lane's effect is settled, then lets the car pass. */
async function pass({ core, onRefused }: StayHistoryOptions, laneId: string, key: string): Promise<void> {
  const outcome = await core.kernel.submit({
    kind: 'confirmPassage',
    caller: 'system',
    key,
    input: { laneId },
  })
  if (!outcome.ok) onRefused('confirmPassage', outcome.refusal.code)
}

async function sense(core: SiteCore, spaceId: string, occupied: boolean, key: string): Promise<void> {
  await core.kernel.submit({ kind: 'senseBay', caller: 'system', key, input: { spaceId, occupied } })
}

async function pay(
  { core, onRefused }: StayHistoryOptions,
  sessionId: string,
  { method, card = 'sandbox_ok' }: PlannedStay,
  key: string,
): Promise<void> {
  const { kernel, cards } = core
  const quoted = await kernel.submit({
    kind: 'quoteSession',
    caller,
    key: `${key}-quote`,
    input: { sessionId },
  })
  if (!quoted.ok) return onRefused('quoteSession', quoted.refusal.code)
  const { quoteId, dueMinor, price } = quoteViewSchema.parse(quoted.value)
  if (dueMinor === 0) return
  const paymentId = paymentIdOf(caller, key)
  if (method === 'card') {
    const authorised = await cards.authorise(kernel, {
      paymentId,
      subjectId: sessionId,
      amountMinor: dueMinor,
      currency: price.currency,
      card,
    })
    if (!authorised.ok) return onRefused('authorise', authorised.error.code)
  }
  const tenderedMinor = Math.ceil(dueMinor / 500) * 500
  const outcome = await kernel.submit({
    kind: 'paySession',
    caller,
    key,
    input: { sessionId, quoteId, method, paymentId, ...(method === 'cash' ? { tenderedMinor } : {}) },
  })
  if (!outcome.ok) onRefused('paySession', outcome.refusal.code)
}

async function depart(options: StayHistoryOptions, stay: PlannedStay, key: string): Promise<void> {
  const { core, timeline, parked, onRefused } = options
  const { plate, exitLaneId: laneId } = stay
  const outcome = await core.kernel.submit({
    kind: 'requestDeparture',
    caller: `device:${laneId}-camera`,
    key,
    input: { laneId, by: { kind: 'plate', plate } },
  })
  const answer = outcome.ok ? arrivalSchema.parse(outcome.value) : undefined
  if (answer === undefined || answer.kind === 'refused') {
    onRefused('requestDeparture', outcome.ok ? (answer?.reason ?? 'refused') : outcome.refusal.code)
    return
  }
  parked.delete(plate)
  timeline.at(stay.departMs + passMs, () => pass(options, laneId, `${key}-pass`))
}
