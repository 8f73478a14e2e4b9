import { expect, test } from 'vitest'
import { parsePlateRecognizer } from './drivers/plate-recognizer.ts'
import { plateRecognizerMessage } from './simulators/simulated-camera.ts'
import { device, deviceRow, startHub } from './testing/hub-harness.ts'

test('plates that a camera posted become one event per arrival', async () => {
  const { hub, heard } = await startHub({
    devices: new Map([
      [device('cam'), deviceRow('plate-recognizer/stream', undefined, { scope: 'camera' })],
      [device('kiosk'), deviceRow('gatehouse/kiosk', undefined, {})],
    ]),
    buses: {},
  })
  const read = (plate: string, wallMs: number) => {
    const parsed = parsePlateRecognizer(plateRecognizerMessage('lane-1', { plate }, wallMs), wallMs)
    return parsed.ok ? parsed.value : []
  }
  expect(hub.acceptPlateReads(device('cam'), read('HQ 4711', 1_000))).toEqual({ ok: true, value: 1 })
  expect(hub.acceptPlateReads(device('cam'), read('HQ 4711', 1_000))).toEqual({ ok: true, value: 0 })
  expect(hub.acceptPlateReads(device('cam'), read('HQ 4712', 1_500))).toEqual({ ok: true, value: 1 })
  expect(hub.acceptPlateReads(device('kiosk'), read('HQ 1', 1))).toEqual({ ok: false, error: 'not_a_camera' })
  expect(hub.acceptPlateReads(device('x'), read('HQ 1', 1))).toEqual({ ok: false, error: 'unknown_device' })
  expect(heard.all.filter((event) => event.kind === 'plate').map((event) => event.plate)).toEqual([
    'HQ4711',
    'HQ4712',
  ])
  expect(hub.status().find(({ deviceId }) => deviceId === 'cam')).toMatchObject({ online: true })
  await hub.stop()
})
