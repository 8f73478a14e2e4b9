import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { expect, test } from 'vitest'
import { openGarage } from './test-garage.ts'
import { garageRows } from './test-garage-rows.ts'
import { laneState, openLanes } from './test-lanes.ts'

test('a car is followed by detectors that are devices of their own', async () => {
  const garage = openGarage()
  const lane = garageRows.find(({ kind, key }) => kind === 'lane' && key === 'entry-1')
  const body = { ...(lane?.body as object), detectorDeviceIds: ['entry-1-front', 'entry-1-boom'] }
  garage.directory.apply(
    [{ kind: 'lane', key: 'entry-1', epoch: 1, rev: 2, body }],
    { epoch: 1, rev: 2, handle: undefined, offset: '2' },
    false,
  )
  const lanes = openLanes(garage)
  const sense = (detector: string, loop: 'approach' | 'safety', covered: boolean) =>
    lanes.devices.handle({ kind: 'loop', deviceId: deviceIdSchema.parse(detector), loop, covered })
  sense('entry-1-front', 'approach', true)
  expect(laneState(lanes, 'entry-1').kind).toBe('presented')
  await lanes.press('entry-1')
  sense('entry-1-boom', 'safety', true)
  sense('entry-1-front', 'approach', false)
  sense('entry-1-boom', 'safety', false)
  await lanes.devices.settled()
  expect(garage.entryTypes()).toEqual(['session.arrived', 'session.entered'])
})
