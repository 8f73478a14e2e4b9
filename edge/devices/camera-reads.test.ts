import { expect, test } from 'vitest'
import { plateRecognizerMessage } from './simulators/simulated-camera.ts'
import { device, deviceRow, realClock, startHub } from './testing/hub-harness.ts'

test('plates that a camera posted become one event per arrival', async () => {
  const { hub, heard } = await startHub({
    devices: new Map([
      [device('cam'), deviceRow('plate-recognizer/stream', undefined, { scope: 'camera' })],
      [device('kiosk'), deviceRow('gatehouse/kiosk', undefined, {})],
    ]),
    buses: {},
  })
  const nowMs = realClock.now().wallMs
  const post = (plate: string, wallMs: number, to = 'cam') => {
    const text = JSON.stringify(plateRecognizerMessage('lane-1', { plate }, wallMs))
    return hub.acceptCameraMessage(device(to), { text })
  }
  const stateOf = () => hub.status().find(({ deviceId }) => deviceId === 'cam')
  expect(post('HQ 4711', nowMs)).toEqual({ ok: true, value: 1 })
  expect(post('HQ 4711', nowMs)).toEqual({ ok: true, value: 0 })
  expect(post('HQ 4712', nowMs + 500)).toEqual({ ok: true, value: 1 })
  expect(post('HQ 1', nowMs, 'kiosk')).toEqual({ ok: false, error: { code: 'not_a_camera' } })
  expect(post('HQ 1', nowMs, 'x')).toEqual({ ok: false, error: { code: 'unknown_device' } })
  expect(stateOf()).toMatchObject({ online: true })
  expect(post('HQ 9', nowMs - 600_000)).toEqual({ ok: true, value: 0 })
  expect(stateOf()).toMatchObject({ online: false, detail: 'readings_late' })
  expect(heard.all.filter((event) => event.kind === 'plate').map((event) => event.plate)).toEqual([
    'HQ4711',
    'HQ4712',
  ])
  await hub.stop()
})
