import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { expect, test } from 'vitest'
import { readOpenSessions } from './session-store.ts'
import { openGarage } from './test-garage.ts'
import { openLanes } from './test-lanes.ts'

function open() {
  const garage = openGarage()
  const lanes = openLanes(garage)
  let reads = 0
  const read = (lane: string, plate: string, vehicle: string) => {
    reads += 1
    lanes.devices.handle({
      kind: 'plate',
      deviceId: deviceIdSchema.parse(`${lane}-camera`),
      plate,
      score: 0.9,
      candidates: [],
      capturedMs: garage.clock.now().wallMs,
      arrivalKey: `${vehicle}/${reads}`,
      vehicle,
    })
  }
  return { garage, lanes, read }
}

test('a camera that corrects the plate of whom it let in lets nobody else in', async () => {
  const { garage, lanes, read } = open()
  read('entry-1', 'HHAB123', 'cam/7')
  read('entry-1', 'XYZ99', 'cam/7')
  await lanes.devices.settled()
  read('entry-1', 'QQQ11', 'cam/7')
  await lanes.devices.settled()
  expect(garage.vends).toEqual(['entry-1-barrier'])
  expect(readOpenSessions(garage.db)).toHaveLength(1)
})

test('the next vehicle of the same camera is one of its own', async () => {
  const { garage, lanes, read } = open()
  lanes.approach('entry-1')
  read('entry-1', 'HHAB123', 'cam/7')
  await lanes.devices.settled()
  await lanes.drive('entry-1')
  read('entry-1', 'XYZ99', 'cam/8')
  await lanes.devices.settled()
  expect(garage.vends).toEqual(['entry-1-barrier', 'entry-1-barrier'])
})

test('a plate that nobody here has is decided anew once the camera corrects it', async () => {
  const { garage, lanes, read } = open()
  lanes.approach('entry-1')
  read('entry-1', 'HHAB123', 'cam/7')
  await lanes.devices.settled()
  await lanes.drive('entry-1')
  lanes.approach('exit-1')
  read('exit-1', 'WWW99', 'out/1')
  await lanes.devices.settled()
  expect(garage.vends).toEqual(['entry-1-barrier'])
  read('exit-1', 'HHAB123', 'out/1')
  await lanes.devices.settled()
  expect(garage.vends).toEqual(['entry-1-barrier', 'exit-1-barrier'])
})
