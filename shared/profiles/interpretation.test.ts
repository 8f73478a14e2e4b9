import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineReader, messageReader, readInput } from './interpretation.ts'
import { fillPlaceholders } from './placeholders.ts'
import { deviceProfileSchema } from './profile.ts'

const about = { title: 'T', provenance: 'simulator', vendor: 'a', model: 'b' }
const reader = deviceProfileSchema.parse({
  ...about,
  capability: 'reader',
  driver: 'line',
  lines: [{ match: '^{name}:(?<value>[0-9]+)$', event: 'card' }],
  parameters: { name: { type: 'string', about: 'Name.' } },
})
const sensor = deviceProfileSchema.parse({
  ...about,
  capability: 'bay_sensor',
  driver: 'mqtt',
  messages: [
    { topic: '{topic}', event: 'bay', path: 'a.occupied', requires: ['a'], absent: false },
    { topic: '{topic}', event: 'status', path: 'state', text: true, whenTrue: ['up'], whenFalse: ['down'] },
  ],
  parameters: { topic: { type: 'string', about: 'Topic.' } },
})

test('a parameter in a pattern is matched literally', () => {
  const read = lineReader(reader, { name: 'R.1+' })
  expect(read('R.1+:42')).toEqual({ kind: 'understood', events: [{ kind: 'card', number: '42' }] })
  expect(read('Rx11:42')).toEqual({ kind: 'not_mine' })
})

test('a text is filled in with leading zeros and unknown names stay', () => {
  expect(fillPlaceholders('@{address:2} {free:4} {other}', { address: 7, free: 12 })).toBe('@07 0012 {other}')
})

test('a missing value means what the profile says only when the message is about it', () => {
  const read = messageReader(sensor, { topic: 't' })
  expect(read('t', '{"a":{}}')).toEqual({ kind: 'understood', events: [{ kind: 'bay', occupied: false }] })
  expect(read('t', '{"b":1,"state":"up"}')).toEqual({
    kind: 'understood',
    events: [{ kind: 'status', online: true }],
  })
  expect(read('t', '{"a":{"occupied":null}}')).toEqual({
    kind: 'understood',
    events: [{ kind: 'bay', occupied: false }],
  })
})

test('inherited names of JavaScript are not values', () => {
  const read = messageReader(sensor, { topic: 't' })
  expect(read('t', '{"__proto__":{"a":{"occupied":true}}}')).toEqual({
    kind: 'garbage',
    reason: 'missing_value',
  })
})

test('a button held down at start-up is not a press', () => {
  const rule = { parameter: 'input', event: 'button' } as const
  expect(readInput(rule, {}, { before: undefined, closed: true })).toEqual([])
  expect(readInput(rule, {}, { before: false, closed: true })).toEqual([{ kind: 'button' }])
  expect(readInput(rule, {}, { before: true, closed: false })).toEqual([])
})

test('no payload makes a reader throw', () => {
  const read = messageReader(sensor, { topic: 't' })
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (payload) => {
      expect(['understood', 'garbage']).toContain(read('t', payload).kind)
    }),
  )
})
