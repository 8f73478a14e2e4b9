import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { type Caller, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { createSite, siteKey } from '../sites/site-store.ts'
import { putMembers } from './member-store.ts'
import { tellAllVehicles, vehiclesMax } from './vehicle-store.ts'

let world: TestCloud
let anna: Caller
let ben: Caller
beforeAll(async () => {
  world = await startTestCloud()
  anna = await world.as('anna')
  ben = await world.as('ben')
})
beforeEach(() => world.cloud.pool.query('DELETE FROM vehicle'))
afterAll(() => world?.close())

const idOf = (letter: string) => `veh-${letter.repeat(20)}`
const path = (id: string) => `/api/v1/me/vehicles/${id}`
const send = (caller: Caller, method: string, id: string, body?: object) =>
  caller.send(method, path(id), body && JSON.stringify(body), { 'content-type': 'application/json' })
const car = (plate: string) => ({ plate, vehicleClass: 'car' })

async function told(siteId: string, memberId = 'mb-anna') {
  const { rows } = await world.cloud.pool.query<{ vehicles: unknown }>(
    `SELECT body -> 'vehicles' AS vehicles FROM site_directory WHERE site_id = $1 AND kind = 'member' AND key = $2`,
    [siteId, memberId],
  )
  return rows[0]?.vehicles
}

async function digestAt(siteId: string, plate: string) {
  const key = await siteKey(world.cloud.pool, siteIdSchema.parse(siteId))
  return credentialDigest(key ?? '', 'plate', plate)
}

describe('a vehicle', () => {
  it('is known to each site by a digest of its own, and its plate stands nowhere in the database', async () => {
    const body = { plate: 'B-GH 1234', name: 'Blue one', vehicleClass: 'ev' }
    expect((await send(anna, 'PUT', idOf('a'), body)).status).toBe(200)
    for (const siteId of ['north', 'south']) {
      const plateDigest = await digestAt(siteId, 'BGH1234')
      expect(await told(siteId)).toEqual([{ vehicleId: idOf('a'), plateDigest, vehicleClass: 'ev' }])
    }
    expect((await anna.get('/api/v1/me/vehicles')).body.items).toEqual([{ vehicleId: idOf('a'), ...body }])
    for (const table of [
      'vehicle',
      'site_directory',
      'site_directory_log',
      'idempotency_key',
      'admin_acts',
    ]) {
      const { rows } = await world.cloud.pool.query(`SELECT t::text AS text FROM ${table} t`)
      expect(JSON.stringify(rows)).not.toMatch(/GH ?1234|Blue one/)
    }
  })

  it('written again is changed, not doubled', async () => {
    await send(anna, 'PUT', idOf('a'), car('B-GH 1'))
    await send(anna, 'PUT', idOf('a'), car('B-GH 2'))
    const plateDigest = await digestAt('north', 'BGH2')
    expect(await told('north')).toEqual([{ vehicleId: idOf('a'), plateDigest, vehicleClass: 'car' }])
  })

  it('erased is gone from every site, and its plate can be registered again', async () => {
    await send(anna, 'PUT', idOf('a'), car('B-GH 1'))
    expect((await send(anna, 'DELETE', idOf('a'))).status).toBe(200)
    expect(await told('north')).toEqual([])
    expect(await told('south')).toEqual([])
    expect((await send(anna, 'DELETE', idOf('a'))).status).toBe(404)
    expect((await send(ben, 'PUT', idOf('b'), car('b gh 1'))).status).toBe(200)
  })

  it('stays with its member when the member is written again, and reaches a site that is added later', async () => {
    await send(anna, 'PUT', idOf('a'), car('B-GH 1'))
    const { pool, seal } = world.cloud
    const by = commandOrigin('test', startMs)
    const siteId = siteIdSchema.parse('west')
    await createSite(pool, { bytes: (count) => new Uint8Array(count) }, { siteId, operatorId: 'demo', by })
    const memberId = 'mb-anna' as Parameters<typeof putMembers>[1][number]['memberId']
    await putMembers(pool, [{ memberId, displayName: 'Anna' }], by)
    expect(await told('north')).toHaveLength(1)
    expect(await told('west')).toEqual([])
    await tellAllVehicles({ pool, seal })
    const plateDigest = await digestAt('west', 'BGH1')
    expect(await told('west')).toEqual([{ vehicleId: idOf('a'), plateDigest, vehicleClass: 'car' }])
  })
})

describe('a vehicle is refused', () => {
  it.each([
    ['not_found', 'v_1', car('B-GH 1'), 404],
    ['plate_unusable', idOf('a'), car('-'), 422],
    ['plate_unusable', idOf('a'), car('B-GH 1234567890'), 422],
    ['invalid_request', idOf('a'), { plate: 'B-GH 1', vehicleClass: 'accessible' }, 422],
    ['invalid_request', idOf('a'), { ...car('B-GH 1'), memberId: 'mb-ben' }, 422],
  ])('as %s: %s %o', async (code, id, body, status) => {
    expect(await send(anna, 'PUT', id, body)).toMatchObject({ status, body: { code } })
    expect((await anna.get('/api/v1/me/vehicles')).body.items).toEqual([])
  })

  it('when the plate is registered, of whomever and however it is written', async () => {
    await send(anna, 'PUT', idOf('a'), car('B-GH 1'))
    const taken = { status: 409, body: { code: 'plate_registered' } }
    expect(await send(ben, 'PUT', idOf('b'), car('bgh1'))).toMatchObject(taken)
    expect(await send(anna, 'PUT', idOf('c'), car('B GH-1'))).toMatchObject(taken)
  })

  it('when it is another member\u2019s: neither changed nor erased', async () => {
    await send(anna, 'PUT', idOf('a'), car('B-GH 1'))
    expect((await send(ben, 'PUT', idOf('a'), car('B-GH 2'))).status).toBe(404)
    expect((await send(ben, 'DELETE', idOf('a'))).status).toBe(404)
    expect(await told('north')).toHaveLength(1)
  })

  it('beyond ten, also when many come at once', async () => {
    const all = Array.from({ length: vehiclesMax + 2 }, (_none, index) =>
      send(anna, 'PUT', idOf(String.fromCharCode(97 + index)), car(`B-GH ${100 + index}`)),
    )
    const statuses = (await Promise.all(all)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 409)).toHaveLength(2)
    expect(await told('south')).toHaveLength(vehiclesMax)
  })

  it('of somebody who is no member or not logged in', async () => {
    const hana = await world.as('hana')
    expect(await send(hana, 'PUT', idOf('a'), car('B-GH 1'))).toMatchObject({
      body: { code: 'not_a_member' },
    })
    expect((await hana.get('/api/v1/me/vehicles')).body.items).toEqual([])
    expect((await world.stranger().get('/api/v1/me/vehicles')).status).toBe(401)
  })
})
