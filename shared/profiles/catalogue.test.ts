import { expect, test } from 'vitest'
import { readCatalogue, readProfile } from './catalogue.ts'

const strike = {
  vendor: 'acme',
  model: 'strike-1',
  title: 'Strike',
  capability: 'strike',
  driver: 'io',
  provenance: 'vendor-doc',
  sources: ['Strike, manual 1.0'],
  output: { parameter: 'output' },
  parameters: { output: { type: 'integer', about: 'Relay.', min: 1, max: 8 } },
}
const templates = new Map<string, unknown>([
  [
    'board',
    { driver: 'io', parameters: { unit: { type: 'integer', about: 'Board.', default: 1 } }, wiring: ['a'] },
  ],
  ['nested', { extends: 'board' }],
  ['broken', { driver: 'telepathy' }],
])
const read = (json: unknown) => readProfile({ path: 'acme/strike-1.json', json }, templates)
const problemsAt = (json: unknown) => {
  const result = read(json)
  return result.ok ? [] : result.error.map(({ at }) => at)
}

test('reads a complete profile', () => {
  expect(read(strike)).toMatchObject({ ok: true, value: { timing: {}, wiring: [] } })
})

test('takes from its template what it does not say itself, and merges parameters by name', () => {
  const { driver: _driver, ...rest } = strike
  const result = read({ ...rest, extends: 'board', wiring: ['b'] })
  expect(result).toMatchObject({ ok: true, value: { driver: 'io', wiring: ['a', 'b'] } })
  expect(result.ok && Object.keys(result.value.parameters)).toEqual(['unit', 'output'])
})

test('refuses an unknown template, a template on a template and a broken one', () => {
  expect(problemsAt({ ...strike, extends: 'nowhere' })).toEqual(['extends'])
  expect(read({ ...strike, extends: 'nested' })).toMatchObject({ ok: false })
  expect(problemsAt({ ...strike, extends: 'broken' })).toEqual(['driver'])
})

test.each([
  ['a field that nobody reads', { ...strike, colour: 'red' }, ''],
  ['documents without a source', { ...strike, sources: undefined }, 'sources'],
  ['a missing title', { ...strike, title: undefined }, 'title'],
  ['a time without its unit in the name', { ...strike, timing: { pulse: 500 } }, 'timing.pulse'],
  ['an undeclared parameter', { ...strike, output: { parameter: 'relay' } }, 'relay'],
  ['a section of another driver', { ...strike, publishes: ['a/#'] }, 'publishes'],
  ['a driver without its section', { ...strike, driver: 'line', output: undefined }, 'lines'],
  [
    'a default out of bounds',
    { ...strike, parameters: { output: { ...strike.parameters.output, default: 9 } } },
    'parameters.output.default',
  ],
  [
    'a pattern that is none',
    { ...strike, driver: 'line', output: undefined, lines: [{ match: '(?<value>[', event: 'card' }] },
    'lines.0.match',
  ],
  [
    'a pattern without a value',
    { ...strike, driver: 'line', output: undefined, lines: [{ match: '^x$', event: 'card' }] },
    'lines.0.match',
  ],
  ['something that is no object', 'strike', ''],
])('refuses %s and says where', (_what, json, at) => {
  expect(problemsAt(json)).toContain(at)
})

test('serves the good profiles when one is broken or double', () => {
  const { profiles, problems } = readCatalogue(
    [
      { path: 'acme/strike-1.json', json: strike },
      { path: 'acme/again.json', json: strike },
      { path: 'acme/broken.json', json: undefined },
    ],
    templates,
  )
  expect([...profiles.keys()]).toEqual(['acme/strike-1'])
  expect(problems.map(({ path }) => path)).toEqual(['acme/again.json', 'acme/broken.json'])
})
