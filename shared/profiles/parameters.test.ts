import { expect, test } from 'vitest'
import { resolveParameters } from './parameters.ts'
import { deviceProfileSchema } from './profile.ts'

const profile = deviceProfileSchema.parse({
  vendor: 'acme',
  model: 'thing',
  title: 'Thing',
  capability: 'strike',
  driver: 'io',
  provenance: 'simulator',
  parameters: {
    output: { type: 'integer', about: 'Relay.', min: 1, max: 8 },
    unit: { type: 'integer', about: 'Board.', default: 1 },
    note: { type: 'string', about: 'Note.', optional: true },
    inverted: { type: 'boolean', about: 'Inverted.', default: false },
  },
})

test('completes what is given with defaults and leaves optional ones out', () => {
  expect(resolveParameters(profile, { output: 3 })).toEqual({
    ok: true,
    value: { output: 3, unit: 1, inverted: false },
  })
})

test.each([
  [{}, 'missing_parameter', 'output'],
  [{ output: 0 }, 'wrong_parameter', 'output'],
  [{ output: 9 }, 'wrong_parameter', 'output'],
  [{ output: 1.5 }, 'wrong_parameter', 'output'],
  [{ output: '3' }, 'wrong_parameter', 'output'],
  [{ output: 3, note: '' }, 'wrong_parameter', 'note'],
  [{ output: 3, inverted: 'no' }, 'wrong_parameter', 'inverted'],
  [{ output: 3, colour: 'red' }, 'unknown_parameter', 'colour'],
])('refuses %j', (given, code, parameter) => {
  expect(resolveParameters(profile, given)).toEqual({ ok: false, error: { code, parameter } })
})

test('lets every row say what its credential may do', () => {
  expect(resolveParameters(profile, { output: 3, scope: 'sensor' }).ok).toBe(true)
})
