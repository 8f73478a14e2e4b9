import { deviceIdSchema, zoneIdSchema } from '@gatehouse/shared/ids/ids'
import { expect, test } from 'vitest'
import { readInside } from './projections.ts'
import { siteBays } from './site-plan.ts'
import { openGarage } from './test-garage.ts'
import { openLanes } from './test-lanes.ts'

/** A garage in which every bay has a sensor; all but those of `dead` are healthy. */
function sensed(dead: readonly string[] = []) {
  const garage = openGarage()
  const bays = siteBays(garage.directory).map(({ spaceId }) => spaceId)
  const rows = bays.map((spaceId, index) => {
    const body = { name: spaceId, profile: 'demo/bay-sensor', parameters: {}, spaceId }
    return { kind: 'device' as const, key: `sensor-${spaceId}`, body, epoch: 1, rev: 2 + index }
  })
  garage.directory.apply(rows, { epoch: 1, rev: 50, handle: undefined, offset: '50' }, false)
  const lanes = openLanes(garage)
  const deviceOf = (spaceId: string) => deviceIdSchema.parse(`sensor-${spaceId}`)
  for (const spaceId of bays) {
    const online = !dead.includes(spaceId)
    const profile = 'demo/bay-sensor'
    lanes.healthy.push({
      deviceId: deviceOf(spaceId),
      name: spaceId,
      profile,
      capability: 'bay_sensor',
      online,
    })
  }
  const sense = async (spaceId: string, occupied: boolean) => {
    lanes.devices.handle({ kind: 'bay', deviceId: deviceOf(spaceId), occupied })
    await lanes.devices.settled()
  }
  const inside = () => readInside(garage.db, zoneIdSchema.parse('garage'))
  /** So many minutes go by without anybody moving. */
  const rest = async (minutes: number) => {
    garage.passMinutes(minutes)
    lanes.devices.tick()
    await lanes.devices.settled()
  }
  return { garage, bays, sense, inside, rest }
}

test('a car that no loop noticed is counted after ten quiet minutes, by an entry', async () => {
  const { garage, bays, sense, inside, rest } = sensed()
  for (const spaceId of bays) await sense(spaceId, false)
  await sense('bay-4', true)
  expect(inside()).toBe(0)
  await rest(11)
  expect(inside()).toBe(1)
  expect(garage.incidents()).toEqual([['count_corrected', 'garage/1']])
  await rest(11)
  expect(garage.incidents()).toHaveLength(1)
  expect(garage.rebuildsEqual()).toBe(true)
  garage.close()
})

test('one dead sensor leaves the count as the lanes have it', async () => {
  const { garage, bays, sense, inside, rest } = sensed(['bay-9'])
  for (const spaceId of bays) await sense(spaceId, spaceId === 'bay-4')
  await rest(11)
  expect([inside(), garage.incidents()]).toEqual([0, []])
  garage.close()
})
