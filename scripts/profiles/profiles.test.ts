import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { profileFolder } from '@gatehouse/edge/devices/profile-folder'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cataloguePage, catalogueTable } from './catalogue-page.ts'
import { checkProfiles } from './profile-check.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'profiles-'))
  cpSync(profileFolder, folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const change = (path: string, edit: (json: Record<string, never>) => object) => {
  const file = join(folder, path)
  writeFileSync(file, JSON.stringify(edit(JSON.parse(readFileSync(file, 'utf8')))))
}
const problems = () => checkProfiles(folder).problems

test('every profile, template, rating and fixture is right', () => {
  expect(checkProfiles(profileFolder).problems).toEqual([])
})

// npm run profiles
test('CATALOGUE.md is what the profiles say', () => {
  expect(readFileSync(join(profileFolder, 'CATALOGUE.md'), 'utf8')).toBe(
    cataloguePage(checkProfiles(profileFolder)),
  )
})

test('the table has a line for every profile', () => {
  const checked = checkProfiles(profileFolder)
  expect(catalogueTable(checked).split('\n')).toHaveLength(checked.profiles.size + 1)
})

test.each([
  [
    'fixtures/exit-button.json',
    (fixture: object) => ({ ...fixture, steps: [{ input: 2, closed: true, events: [{ kind: 'button' }] }] }),
    'fixtures/exit-button.json: steps.0',
  ],
  [
    'fixtures/exit-button.json',
    (fixture: object) => ({ ...fixture, parameters: {} }),
    'fixtures/exit-button.json: parameters',
  ],
  [
    'fixtures/exit-button.json',
    (fixture: object) => ({ ...fixture, profile: 'acme/none' }),
    'fixtures/exit-button.json: there is no',
  ],
  [
    'fixtures/exit-button.json',
    (fixture: object) => ({ ...fixture, steps: [{ input: '2' }] }),
    'fixtures/exit-button.json: steps.0',
  ],
  [
    'fixtures/exit-button.json',
    (fixture: object) => ({ ...fixture, profile: 'generic/ticket-button' }),
    'generic/exit-button: it has no fixture',
  ],
  [
    'templates/board-channel.json',
    (template: object) => ({ ...template, driver: 'telepathy' }),
    'templates/board-channel.json: driver',
  ],
  ['drivers/io.json', (driver: object) => ({ ...driver, quality: {} }), 'drivers/io.json: quality'],
  [
    'waveshare/modbus-rtu-relay.json',
    (profile: object) => ({ ...profile, quality: { bench: { status: 'done', comment: 'Tried.' } } }),
    'waveshare/modbus-rtu-relay: it claims a bench',
  ],
  ['profile.schema.json', () => ({}), 'profile.schema.json: it is old'],
])('names a mistake in %s', (path, edit, problem) => {
  change(path, edit)
  expect(problems().filter((one) => one.startsWith(problem))).not.toEqual([])
})
