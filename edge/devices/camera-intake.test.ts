import type { Moment } from '@gatehouse/shared/clock/clock'
import { expect, test } from 'vitest'
import { CameraIntake } from './camera-intake.ts'
import { plateRecognizerMessage } from './simulators/simulated-camera.ts'
import { platesOf } from './testing/camera-profiles.ts'

const noon = Date.UTC(2026, 10, 20, 12)
const at = (wallMs: number, quality: Moment['quality'] = 'trusted'): Moment => ({
  wallMs,
  monotonicMs: wallMs - noon,
  bootId: 'b',
  quality,
})
const rules = platesOf('plate-recognizer/stream')
const profile = {
  vendor: 'a',
  model: 'b',
  title: 'T',
  capability: 'camera',
  driver: 'camera',
  provenance: 'simulator',
  timing: { staleAfterMs: 120_000 },
  parameters: {},
  wiring: [],
} as const
const intake = (parameters: Record<string, string> = {}) =>
  new CameraIntake({ profile: { ...profile, wiring: [] }, parameters }, rules)
const message = (plate: string, saidMs: number, direction?: string) => ({
  text: JSON.stringify(plateRecognizerMessage('c', { plate, ...(direction ? { direction } : {}) }, saidMs)),
})

test('a reading that comes too late is of a vehicle long gone', () => {
  const camera = intake()
  expect(camera.take(message('A1', noon - 120_000), at(noon))).toMatchObject({
    value: { fresh: [{ plate: 'A1' }], late: 0 },
  })
  expect(camera.take(message('A2', noon - 120_001), at(noon))).toMatchObject({
    value: { fresh: [], late: 1 },
  })
})

test('a message that is posted again later opens nothing', () => {
  const camera = intake()
  expect(camera.take(message('A1', noon), at(noon))).toMatchObject({ value: { fresh: [{}] } })
  expect(camera.take(message('A1', noon), at(noon + 60_000))).toMatchObject({ value: { fresh: [], late: 0 } })
  expect(camera.take(message('A1', noon), at(noon + 600_000))).toMatchObject({
    value: { fresh: [], late: 1 },
  })
})

test('a reading from the future counts as of now', () => {
  const read = intake().take(message('A1', noon + 3_600_000), at(noon))
  expect(read).toMatchObject({ value: { fresh: [{ plate: 'A1', capturedMs: noon }] } })
})

test('while the site does not trust its own clock no reading is judged by it', () => {
  const read = intake().take(message('A1', noon), at(noon - 1e12, 'untrusted'))
  expect(read).toMatchObject({ value: { fresh: [{ plate: 'A1', capturedMs: noon }], late: 0 } })
})

test('vehicles that go the other way are none of this lane', () => {
  const camera = intake({ ignoreDirection: 'out' })
  expect(camera.take(message('A1', noon, 'out'), at(noon))).toMatchObject({ value: { fresh: [] } })
  expect(camera.take(message('A2', noon, 'in'), at(noon))).toMatchObject({ value: { fresh: [{}] } })
  expect(camera.take(message('A3', noon), at(noon))).toMatchObject({ value: { fresh: [{}] } })
})

test('the part of a form that the profile names is the message', () => {
  const { text } = message('A1', noon)
  const parts = [
    { name: 'other', text: '{}' },
    { name: 'json', text },
  ]
  expect(intake().take({ parts }, at(noon))).toMatchObject({ value: { fresh: [{ plate: 'A1' }] } })
  expect(intake().take({ parts: parts.slice(0, 1) }, at(noon))).toEqual({
    ok: false,
    error: { code: 'no_message', at: 'json' },
  })
})
