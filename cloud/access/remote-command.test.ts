import { doorsViewSchema } from '@gatehouse/shared/api/doors-view'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inTransaction } from '../database/pool.ts'
import { type DirectoryWrite, putRows } from '../directory/put-rows.ts'
import { type Answer, type Caller, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'

let world: TestCloud
let hana: Caller
let mia: Caller

const unlock = { act: { kind: 'unlockDoor', doorId: 'front' } }
let keys = 0
const nextKey = () => {
  keys += 1
  return `remote-${keys}-key`
}
const command = (who: Caller, body: object = unlock, site = 'north', key = nextKey()) =>
  who.post(`/api/v1/hq/sites/${site}/remote-commands`, body, key)
const rows = async () => {
  const found = await world.cloud.pool.query<{ key: string; body: Record<string, unknown> }>(
    "SELECT key, body FROM site_directory WHERE kind = 'remote_command' AND body IS NOT NULL ORDER BY rev",
  )
  return found.rows
}

/** Asks, waits for the row as the site would, and answers it with one entry. */
async function answered(
  asking: Promise<Answer>,
  answer: (requestId: string) => { type: string; body: object },
): Promise<Answer> {
  const before = (await rows()).length
  await world.until(async () => (await rows()).length > before)
  const requestId = (await rows()).at(-1)?.key ?? ''
  await world.site.append([answer(requestId)] as unknown as Parameters<typeof world.site.append>[0])
  return asking
}
const asked = (requestId: string) => ({ requestId, by: 'somebody' })

beforeAll(async () => {
  world = await startTestCloud()
  hana = await world.as('hana')
  mia = await world.as('mia')
  const door = { name: 'Front door', levelId: 'l1', public: true, pulseMs: 3000, at: { x: 0, y: 0 } }
  const front = { ...door, readerDeviceId: 'reader', strikeDeviceId: 'strike' }
  await inTransaction(world.cloud.pool, (tx) =>
    putRows(tx, siteIdSchema.parse('north'), [
      { kind: 'door', key: 'front', body: front },
    ] as unknown as DirectoryWrite[]),
  )
})
afterAll(() => world?.close())
beforeEach(() => world.site.heartbeat())

describe('a door from afar', () => {
  it('is asked for with the machine’s boot and its time now, and answers when the site did it', async () => {
    const key = nextKey()
    world.clock.advance(4_000)
    const { bootId, monotonicMs } = world.clock.now()
    const first = await answered(command(mia, unlock, 'north', key), (requestId) => ({
      type: 'door.unlocked',
      body: { ...asked(requestId), doorId: 'front', effectId: 'fx_1' },
    }))
    expect(first).toMatchObject({ status: 200, body: { outcome: 'done' } })
    const [row] = await rows()
    expect(row).toMatchObject({
      key: first.body.requestId,
      body: { ...unlock, bootId, monotonicMs, validMs: 10_000 },
    })
    expect((await command(mia, unlock, 'north', key)).body).toEqual(first.body)
    expect(await rows()).toHaveLength(1)
    const access = (await hana.get('/api/v1/hq/access?door=front')).body.items
    expect(access).toMatchObject([{ result: 'granted', reason: 'unlocked_remotely' }])
  })

  it('tells what the site refused', async () => {
    const late = await answered(command(hana), (requestId) => ({
      type: 'request.refused',
      body: { requestId, code: 'remote_expired' },
    }))
    expect(late).toMatchObject({ status: 410, body: { code: 'remote_expired' } })
  })

  it('is an act of the audit, once for each time it was asked', async () => {
    const { rows: acts } = await world.cloud.pool.query<{ act: string }>(
      "SELECT act FROM admin_acts WHERE act LIKE 'remote.%'",
    )
    expect(acts.map(({ act }) => act)).toEqual(['remote.unlock_asked', 'remote.unlock_asked'])
  })

  it('is not asked of a site that is not heard, of another’s site, or by a member', async () => {
    const before = (await rows()).length
    expect((await command(hana, unlock, 'south')).body).toMatchObject({
      status: 503,
      code: 'remote_unreachable',
    })
    expect((await command(mia, unlock, 'south')).status).toBe(404)
    expect((await command(await world.as('anna'))).status).toBe(403)
    expect((await command(world.stranger())).status).toBe(401)
    expect((await command(hana, { act: { kind: 'openAll' } })).status).toBe(422)
    expect((await hana.post('/api/v1/hq/sites/north/remote-commands', unlock)).status).toBe(400)
    world.clock.advance(25_000)
    expect((await command(hana)).status).toBe(503)
    expect(await rows()).toHaveLength(before)
  })
})

describe('a lockdown', () => {
  const doors = async () => doorsViewSchema.parse((await mia.get('/api/v1/hq/sites/north/doors')).body)

  it('has no doors to show at a site that does not exist', async () => {
    expect((await hana.get('/api/v1/hq/sites/nowhere/doors')).status).toBe(404)
  })

  it('is seen while it runs, and as an incident that its end ends', async () => {
    expect(await doors()).toMatchObject({ online: true, doors: [{ doorId: 'front', name: 'Front door' }] })
    const startedMs = world.clock.now().wallMs
    await answered(command(mia, { act: { kind: 'startLockdown' } }), (requestId) => ({
      type: 'lockdown.started',
      body: asked(requestId),
    }))
    expect(await doors()).toMatchObject({ lockdownSinceMs: startedMs })
    await answered(command(mia, { act: { kind: 'endLockdown' } }), (requestId) => ({
      type: 'lockdown.ended',
      body: asked(requestId),
    }))
    expect(await doors()).not.toHaveProperty('lockdownSinceMs')
    const incidents = (await hana.get('/api/v1/hq/incidents?kind=lockdown')).body.items
    expect(incidents).toMatchObject([{ state: 'ended' }])
  })

  it('leaves no row behind in the site’s directory', async () => {
    world.clock.advance(11 * 60_000)
    await world.until(async () => (await rows()).length === 0)
  })
})
