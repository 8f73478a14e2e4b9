import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plateRecognizerMessage } from '../../simulators/simulated-camera.ts'
import { platesOf } from '../../testing/camera-profiles.ts'
import { normalisePlate, readPlateMessage } from './plate-message.ts'

const nowMs = Date.UTC(2026, 10, 20, 12)
const stream = platesOf('plate-recognizer/stream')

describe('a message with a list of readings', () => {
  test('reads what the simulated camera writes, parsed or as text', () => {
    const message = plateRecognizerMessage(
      'lane-in-1',
      { plate: 'HQ-471 X', score: 0.9, direction: 'in' },
      nowMs,
    )
    const read = readPlateMessage(stream, message, 0)
    expect(read).toMatchObject({
      ok: true,
      value: [{ plate: 'HQ471X', score: 0.9, direction: 'in', vehicleType: 'Sedan', capturedMs: nowMs }],
    })
    expect(readPlateMessage(stream, JSON.stringify(message), 0)).toEqual(read)
  })

  const whole = () => plateRecognizerMessage('c', { plate: 'a1' }, nowMs)
  const without = (change: (message: { data: Record<string, unknown> }) => void) => {
    const message = structuredClone(whole()) as unknown as { data: Record<string, unknown> }
    change(message)
    return message
  }
  const withResults = (results: unknown) => without((message) => Object.assign(message.data, { results }))

  test.each([
    ['nothing', undefined, 'not_json'],
    ['a text that is not JSON', '{"data":', 'not_json'],
    ['more than a message is', JSON.stringify({ a: 'x'.repeat(1_000_000) }), 'not_json'],
    ['a list', [], 'missing_field'],
    ['an empty object', {}, 'missing_field'],
    ['no camera', without((message) => delete message.data.camera_id), 'missing_field'],
    ['no results', without((message) => delete message.data.results), 'missing_field'],
    ['an empty list of results', withResults([]), 'no_plate'],
    ['a result without a score', withResults([{ plate: 'a1' }]), 'missing_field'],
    ['a score in percent', withResults([{ plate: 'a1', score: 91 }]), 'wrong_field'],
    ['a score that is no number', withResults([{ plate: 'a1', score: {} }]), 'wrong_field'],
    ['candidates that are none', withResults([{ plate: 'a1', score: 1, candidates: 'a2' }]), 'wrong_field'],
    ['a plate of dashes', withResults([{ plate: '---', score: 0.5 }]), 'no_plate'],
    ['more results than there can be', withResults(Array(21).fill({ plate: 'a1', score: 1 })), 'wrong_field'],
  ])('refuses %s', (_what, body, code) => {
    expect(readPlateMessage(stream, body, nowMs)).toMatchObject({ ok: false, error: { code } })
  })

  test('takes the time of receipt when the camera has none that can be read', () => {
    const message = without((body) => Object.assign(body.data, { timestamp: 'yesterday' }))
    expect(readPlateMessage(stream, message, 77)).toMatchObject({ ok: true, value: [{ capturedMs: 77 }] })
  })

  test('more than is needed changes nothing', () => {
    const more = without((body) => Object.assign(body.data, { unheardOf: { deep: [1, 2] } }))
    expect(readPlateMessage(stream, more, nowMs)).toEqual(readPlateMessage(stream, whole(), nowMs))
  })
})

test('writes plates in one form', () => {
  expect(normalisePlate(' b-äx 12・3 ')).toBe('BÄX123')
})

test('never throws, whatever comes', () => {
  const hostile = fc.oneof(fc.anything(), fc.jsonValue(), fc.string())
  fc.assert(
    fc.property(hostile, (body) => {
      expect(typeof readPlateMessage(stream, body, nowMs).ok).toBe('boolean')
    }),
  )
})
