import { inTransaction } from '@gatehouse/cloud/database/pool'
import { putRows } from '@gatehouse/cloud/directory/put-rows'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { row } from '../demo/world/rows.ts'
import { type StoryWorld, startStory } from '../story/story-world.ts'

let world: StoryWorld

beforeAll(async () => {
  world = await startStory()
}, 60_000)

afterAll(async () => {
  await world?.stop()
})

function writeMembers(names: readonly string[]): Promise<unknown> {
  const rows = names.map((name) => row('member', name, { displayName: `${name} (demo)`, vehicles: [] }))
  return inTransaction(world.cloud.pool, (tx) => putRows(tx, world.site.siteId, rows))
}

test('directory rows that do not fit on the disk wait, and arrive when there is room', async () => {
  const site = world.edge().site ?? expect.fail('the site is not open')
  const { db } = site.kernel
  const before = site.directory.position()
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`)
  let tried = 0
  const apply = site.directory.apply.bind(site.directory)
  vi.spyOn(site.directory, 'apply').mockImplementation((...rows) => {
    tried += 1
    apply(...rows)
  })
  const names = Array.from({ length: 600 }, (_, n) => `m-full-${n}`)
  await writeMembers(names)
  await vi.waitFor(() => expect(tried).toBeGreaterThan(0), 60_000)
  expect(site.directory.position()).toEqual(before)
  expect(site.directory.get('member', 'm-full-0')).toBeUndefined()
  db.pragma('max_page_count = 1073741823')
  await writeMembers(['m-after'])
  await vi.waitFor(() => expect(site.directory.get('member', 'm-after')).toBeDefined(), 60_000)
  expect(names.filter((name) => !site.directory.get('member', name))).toEqual([])
}, 60_000)
