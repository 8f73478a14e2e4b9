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
  // Another row may have come just before the disk was full.
  expect(site.directory.position().rev).toBeLessThan(before.rev + names.length)
  expect(site.directory.get('member', 'm-full-0')).toBeUndefined()
  db.pragma('max_page_count = 1073741823')
  await writeMembers(['m-after'])
  await vi.waitFor(() => expect(site.directory.get('member', 'm-after')).toBeDefined(), 60_000)
  expect(names.filter((name) => !site.directory.get('member', name))).toEqual([])
}, 60_000)

test('a request of the cloud that comes to a full disk is decided once there is room', async () => {
  const site = world.edge().site ?? expect.fail('the site is not open')
  const { kernel, directory } = site
  const pages = (more: number) =>
    kernel.db.pragma(`max_page_count = ${Number(kernel.db.pragma('page_count', { simple: true })) + more}`)
  pages(0)
  for (let n = 0; kernel.storage === 'open' && n < 2_000; n += 1) {
    const input = { doorId: 'door-main', state: n % 2 === 0 ? 'open' : 'closed' }
    await kernel.submit({ kind: 'reportDoor', caller: 'device:test', key: `door-${n}`, input })
  }
  expect(kernel.storage).toBe('reserved')
  pages(2_000)
  const command = { kind: 'cancelBooking', bookingId: 'bk_unknown' }
  const hold = {
    ...{ kind: 'holdBooking', bookingId: 'bk_full', spaceId: 'no-such-space', fromMs: 0, toMs: 3_600_000 },
    holder: { kind: 'member', memberId: 'm-1' },
  }
  const rows = [
    row('request', 'rq-full', { expiresMs: 1, command: hold }),
    row('request', 'rq-last', { expiresMs: 1, command }),
  ]
  await inTransaction(world.cloud.pool, (tx) => putRows(tx, world.site.siteId, rows))
  await vi.waitFor(() => expect(directory.get('request', 'rq-last')).toBeDefined(), 10_000)
  const decided = () =>
    kernel.db.prepare("SELECT count(*) AS n FROM entries WHERE text LIKE '%rq-full%'").pluck().get()
  // Whatever came before it has been answered when this is.
  const after = { doorId: 'door-main', state: 'closed' }
  await kernel.submit({ kind: 'reportDoor', caller: 'device:test', key: 'door-after', input: after })
  expect(decided()).toBe(0)
  kernel.db.pragma('max_page_count = 1073741823')
  expect(site.checkStorage()).toBe(true)
  await vi.waitFor(() => expect(decided()).toBe(1), 5_000)
}, 60_000)
