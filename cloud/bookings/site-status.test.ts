import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody, SiteStatus } from '@gatehouse/shared/wire/v1/directory'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inTransaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { readDirectory } from '../directory/read-rows.ts'
import { hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'

let world: TestCloud
beforeAll(async () => {
  world = await startTestCloud()
})
afterAll(() => world?.close())

const siteId = siteIdSchema.parse('north')

async function setStatus(status: SiteStatus): Promise<void> {
  const { pool } = world.cloud
  const [row] = await readDirectory(pool, 'site', [siteId])
  const body = { ...(row?.body as DirectoryBody<'site'>), status }
  await inTransaction(pool, (tx) => putRows(tx, siteId, [{ kind: 'site', key: siteId, body }]))
}

const requests = async () => (await world.cloud.pool.query('SELECT FROM booking_request')).rowCount

it.each(['closed', 'coming_soon'] as const)(
  'a site that is %s is shown so, and a booking there is refused before anything is written',
  async (status) => {
    await setStatus(status)
    const anna = await world.as('anna')
    await world.until(async () => (await anna.get('/api/v1/sites/north')).body.status === status)
    const site = (await anna.get('/api/v1/sites/north')).body
    expect(site).toMatchObject({ status, openNow: false })
    const before = await requests()
    const body = { spaceId: 'desk-1', fromMs: startMs + hourMs, toMs: startMs + 2 * hourMs }
    const refused = await anna.post('/api/v1/sites/north/bookings', body, `site-status-${status}`)
    expect(refused).toMatchObject({ status: 409, body: { code: 'site_closed' } })
    expect(await requests()).toBe(before)
  },
)
