import { zoneIdSchema } from '@gatehouse/shared/ids/ids'
import { readInside } from './projections.ts'
import type { Garage } from './test-garage.ts'

/** Of the car that tests drive when they name no other. */
export const plate = 'HH AB 123'
const garageZone = zoneIdSchema.parse('garage')

/** The car stands at the entry, by its plate or by `by`. */
export const arrive = (garage: Garage, by: object = { kind: 'plate', plate }, more: object = {}) =>
  garage.run('arriveVehicle', { laneId: 'entry-1', by, ...more })
/** The car stands at an exit. */
export const depart = (garage: Garage, by: object = { kind: 'plate', plate }, laneId = 'exit-1') =>
  garage.run('requestDeparture', { laneId, by })
/** One vehicle passes a lane. */
export const pass = (garage: Garage, laneId: string) => garage.run('confirmPassage', { laneId })
/** How many vehicles count as inside. */
export const inside = (garage: Garage) => readInside(garage.db, garageZone)

/** A car comes in; gives the id of its stay. */
export async function enter(garage: Garage, by?: object): Promise<string> {
  const answer = await arrive(garage, by)
  await pass(garage, 'entry-1')
  return String(answer.sessionId)
}

/** Pays what a stay costs now, in cash unless told otherwise. */
export async function pay(garage: Garage, sessionId: string, more: object = { method: 'cash' }) {
  const quote = await garage.run('quoteSession', { sessionId })
  const paymentId = `pay_${String(quote.quoteId)}`
  return garage.run('paySession', { sessionId, quoteId: quote.quoteId, paymentId, ...more })
}
