import { laneIdSchema, vehicleIdSchema } from '@gatehouse/shared/ids/ids'
import { describe, expect, test } from 'vitest'
import { statement } from '../ledger/statements.ts'
import { readPending } from './session-store.ts'
import { type Garage, openGarage } from './test-garage.ts'
import { plateDigest as garageDigest } from './test-garage-rows.ts'

const arrive = (garage: Garage, by: object, more: object = {}) =>
  garage.run('arriveVehicle', { laneId: 'entry-1', by, ...more })

/** Comes, stays 90 minutes, pays and leaves; `inside` runs while the vehicle is there. */
async function stay(garage: Garage, by: object, inside = async () => {}): Promise<void> {
  const { sessionId } = await arrive(garage, by)
  await garage.run('confirmPassage', { laneId: 'entry-1' })
  await inside()
  garage.passMinutes(90)
  const { quoteId } = await garage.run('quoteSession', { sessionId })
  await garage.run('paySession', { sessionId, quoteId, paymentId: `pay_${quoteId}`, method: 'cash' })
  await garage.run('requestDeparture', { laneId: 'exit-1', by })
  await garage.run('confirmPassage', { laneId: 'exit-1' })
}

describe('a member\u2019s vehicle', () => {
  const member = { kind: 'plate', plate: 'HH-AD 1' }
  const write = (garage: Garage, vehicles: object[]) => {
    const row = {
      kind: 'member' as const,
      key: 'mem-1',
      body: { displayName: 'Ada', vehicles },
      epoch: 1,
      rev: 2,
    }
    garage.directory.apply([row], { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
  }
  const registered = { vehicleId: 'veh-ada', plateDigest: garageDigest('HHAD1') }
  const classOf = (garage: Garage) =>
    readPending(garage.db, laneIdSchema.parse('entry-1')).at(-1)?.stay.vehicleClass

  test('comes in as the class that was registered, unless the camera sees another', async () => {
    const garage = openGarage()
    write(garage, [{ ...registered, vehicleClass: 'ev' }])
    await arrive(garage, member)
    expect(classOf(garage)).toBe('ev')
    await garage.run('backOut', { laneId: 'entry-1', reason: 'backed_out' })
    await arrive(garage, member, { vehicleClass: 'large' })
    expect(classOf(garage)).toBe('large')
  })

  test('erased is forgotten here once it has left, and not before', async () => {
    const garage = openGarage()
    await stay(garage, member, async () => {
      write(garage, [])
      expect(await garage.run('forgetVehicles', {})).toEqual({ forgotten: 0 })
    })
    expect(await garage.run('forgetVehicles', {})).toEqual({ forgotten: 1 })
    expect(garage.options.vault.get(garage.db, vehicleIdSchema.parse('veh-ada'))).toBeUndefined()
    expect(statement(garage.db, 'SELECT * FROM parking_plates').all()).toEqual([])
    expect(garage.rebuildsEqual()).toBe(true)
  })

  test('that is still registered, and a stranger’s, are kept', async () => {
    const garage = openGarage()
    await stay(garage, member)
    await stay(garage, { kind: 'plate', plate: 'HH AB 123' })
    expect(await garage.run('forgetVehicles', {})).toEqual({ forgotten: 0 })
    expect(statement(garage.db, 'SELECT * FROM parking_plates').all()).toHaveLength(2)
  })
})
