import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plateRecognizerMessage } from '../simulators/simulated-camera.ts'
import { normalisePlate, parsePlateRecognizer } from './plate-recognizer.ts'

const nowMs = Date.UTC(2026, 10, 20, 12)

test('reads what the simulated camera writes, as JSON and as the text of the multipart field', () => {
  const message = plateRecognizerMessage(
    'lane-in-1',
    { plate: 'HQ-471 X', score: 0.9, direction: 'in' },
    nowMs,
  )
  const read = parsePlateRecognizer(message, 0)
  expect(read).toMatchObject({
    ok: true,
    value: [{ plate: 'HQ471X', score: 0.9, direction: 'in', vehicleType: 'Sedan', capturedMs: nowMs }],
  })
  expect(parsePlateRecognizer(JSON.stringify(message), 0)).toEqual(read)
})

const whole = () => plateRecognizerMessage('c', { plate: 'a1' }, nowMs) as Record<string, never>
const without = (change: (message: { data: Record<string, unknown> }) => void) => {
  const message = structuredClone(whole()) as unknown as { data: Record<string, unknown> }
  change(message)
  return message
}

test.each([
  ['nothing', undefined, 'not_json'],
  ['a text that is not JSON', '{"data":', 'not_json'],
  ['a list', [], 'wrong_field'],
  ['an empty object', {}, 'missing_field'],
  ['no camera', without((message) => delete message.data.camera_id), 'missing_field'],
  ['no results', without((message) => delete message.data.results), 'missing_field'],
  [
    'an empty list of results',
    without((message) => Object.assign(message.data, { results: [] })),
    'no_plate',
  ],
  [
    'a result without a score',
    without((message) => Object.assign(message.data, { results: [{ plate: 'a1' }] })),
    'missing_field',
  ],
  [
    'a score in percent',
    without((message) => Object.assign(message.data, { results: [{ plate: 'a1', score: 91 }] })),
    'wrong_field',
  ],
  [
    'a plate of dashes',
    without((message) => Object.assign(message.data, { results: [{ plate: '---', score: 0.5 }] })),
    'no_plate',
  ],
])('refuses %s', (_what, body, code) => {
  expect(parsePlateRecognizer(body, nowMs)).toMatchObject({ ok: false, error: { code } })
})

test('takes the time of receipt when the camera has none that can be read', () => {
  const message = without((body) => Object.assign(body.data, { timestamp: 'yesterday' }))
  expect(parsePlateRecognizer(message, 77)).toMatchObject({ ok: true, value: [{ capturedMs: 77 }] })
})

test('writes plates in one form', () => {
  expect(normalisePlate(' b-äx 12・3 ')).toBe('BÄX123')
})

test('never throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.jsonValue(), fc.string()), (body) => {
      expect(typeof parsePlateRecognizer(body, nowMs).ok).toBe('boolean')
    }),
  )
})
