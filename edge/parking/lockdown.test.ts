import { expect, test } from 'vitest'
import { readBoard } from './occupancy.ts'
import { type Garage, openGarage } from './test-garage.ts'

const by = { kind: 'plate', plate: 'HH AB 123' }
const arrive = (garage: Garage, who: object) => garage.run('arriveVehicle', { laneId: 'entry-1', by: who })

let requests = 0
function command(garage: Garage, kind: 'startLockdown' | 'endLockdown') {
  requests += 1
  const { bootId, monotonicMs } = garage.clock.now()
  const stamp = { by: 'us-hq', bootId, monotonicMs, validMs: 60_000 }
  return garage.run('lockdownFromAfar', { requestId: `rq_lock${requests}`, act: { kind }, ...stamp })
}

test('a lockdown lets no vehicle in, shows FULL, and lets out whoever is inside', async () => {
  const garage = openGarage()
  const { sessionId } = await arrive(garage, by)
  await garage.run('confirmPassage', { laneId: 'entry-1' })
  await command(garage, 'startLockdown')
  const opened = garage.vends.length
  for (const who of [{ kind: 'ticket' }, { kind: 'plate', plate: 'HH-AD 1' }])
    expect(await arrive(garage, who)).toEqual({ kind: 'refused', reason: 'lockdown' })
  expect(garage.vends).toHaveLength(opened)
  expect(readBoard(garage.db, garage.directory, 0).total.full).toBe(true)
  garage.passMinutes(90)
  const { quoteId } = await garage.run('quoteSession', { sessionId })
  await garage.run('paySession', { sessionId, quoteId, paymentId: 'pay_1', method: 'cash' })
  expect(await garage.run('requestDeparture', { laneId: 'exit-1', by })).toMatchObject({ kind: 'opened' })
  await garage.run('confirmPassage', { laneId: 'exit-1' })
  await command(garage, 'endLockdown')
  expect(await arrive(garage, { kind: 'ticket' })).toMatchObject({ kind: 'opened' })
  expect(garage.rebuildsEqual()).toBe(true)
  garage.close()
})

test('who was let in before the lockdown and did not pass is not let in again', async () => {
  const garage = openGarage()
  await arrive(garage, by)
  await command(garage, 'startLockdown')
  expect(await arrive(garage, by)).toEqual({ kind: 'refused', reason: 'lockdown' })
  garage.close()
})
