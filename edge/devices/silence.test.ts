import { ManualClock } from '@gatehouse/shared/clock/clock'
import { deviceProfileSchema } from '@gatehouse/shared/profiles/profile'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { device, deviceRow, startHub } from './testing/hub-harness.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const quiet = deviceProfileSchema.parse({
  vendor: 'acme',
  model: 'caller',
  title: 'Caller',
  capability: 'screen',
  driver: 'caller',
  provenance: 'simulator',
  timing: { silentAfterMs: 60_000 },
})

test('a device is offline after the silence that its profile allows, by monotonic time, and back when heard', async () => {
  const clock = new ManualClock(1_000_000)
  const { hub, heard } = await startHub({
    clock,
    profiles: new Map([['acme/caller', quiet]]),
    devices: new Map([[device('caller'), deviceRow('acme/caller', undefined, {})]]),
    buses: {},
  })
  const pass = (ms: number) => {
    clock.advance(ms)
    vi.advanceTimersByTime(ms)
  }
  hub.heardFrom(device('caller'))
  // A clock that is set right by a day is not a day of silence.
  clock.set({ wallMs: clock.now().wallMs + 86_400_000 })
  pass(60_000)
  expect(hub.status()[0]).toMatchObject({ online: true })
  pass(20_000)
  expect(hub.status()[0]).toMatchObject({ online: false, detail: 'silent' })
  hub.heardFrom(device('caller'))
  expect(heard.all.map((event) => event.kind === 'status' && event.online)).toEqual([true, false, true])
  await hub.stop()
})

test('a device that was never heard is awaited until the silence that its profile allows has passed', async () => {
  const clock = new ManualClock(1_000_000)
  const { hub } = await startHub({
    clock,
    profiles: new Map([['acme/caller', quiet]]),
    devices: new Map([[device('caller'), deviceRow('acme/caller', undefined, {})]]),
    buses: {},
  })
  expect(hub.status()[0]).toMatchObject({ online: false, awaited: true })
  clock.advance(60_000)
  expect(hub.status()[0]).toMatchObject({ online: false, awaited: true })
  clock.advance(1)
  expect(hub.status()[0]).not.toHaveProperty('awaited')
  hub.heardFrom(device('caller'))
  expect(hub.status()[0]).not.toHaveProperty('awaited')
  await hub.stop()
})

test('a sensor of which something is known is awaited for a minute only: here, that it has no broker', async () => {
  const clock = new ManualClock(1_000_000)
  const topic = { topic: 'zigbee2mqtt/bay-1' }
  const { hub } = await startHub({
    clock,
    devices: new Map([[device('bay'), deviceRow('zigbee2mqtt/bay-sensor', undefined, topic)]]),
    buses: {},
  })
  expect(hub.status()[0]).toMatchObject({ online: false, detail: 'no_broker', awaited: true })
  clock.advance(60_001)
  expect(hub.status()[0]).not.toHaveProperty('awaited')
  await hub.stop()
})
