import { afterEach, describe, expect, test } from 'vitest'
import { laneStaffRoutes } from './lane-staff-routes.ts'
import { openGarage } from './test-garage.ts'
import { openLanes } from './test-lanes.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

let keys = 0

/** The lanes' staff API, with somebody logged in or nobody. */
function open({ loggedIn = true } = {}) {
  const garage = openGarage()
  closing.push(garage.close)
  const lanes = openLanes(garage)
  const { kernel, directory } = garage
  const session = { staffId: 'us_1', displayName: 'Marlo (demo)' }
  const sessions = { find: () => (loggedIn ? session : undefined) }
  const app = laneStaffRoutes({ kernel, directory, lanes: lanes.devices.lanes, sessions })
  const call = async (method: string, path: string, body?: object) => {
    keys += 1
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': `key-of-test-${keys}-000000`,
      cookie: 'gatehouse_staff_default=t',
    }
    const answer = await app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const lane = async (laneId: string) => {
    const { body } = await call('GET', '/admin/lanes')
    return (body.items as Record<string, unknown>[]).find((item) => item.laneId === laneId)
  }
  return { garage, lanes, call, lane }
}

describe('what staff do at lanes', () => {
  test('one vehicle is let through, who did it is an entry, and it is counted', async () => {
    const { garage, call, lane } = open()
    expect((await call('POST', '/admin/lanes/entry-1/openings', { reason: 'help' })).status).toBe(200)
    expect(garage.vends).toEqual(['entry-1-barrier'])
    expect(await lane('entry-1')).toMatchObject({
      openedByHand: 1,
      pending: 1,
      boom: 'unknown',
      troubles: [],
    })
  })

  test('a boom is kept up and let go', async () => {
    const { call, lane } = open()
    const held = await call('POST', '/admin/lanes/entry-1/hold', { reason: 'event', forMs: 3_600_000 })
    expect(held.status).toBe(200)
    expect(await lane('entry-1')).toMatchObject({ canHold: true, hold: { reason: 'event', ...held.body } })
    expect((await call('POST', '/admin/lanes/entry-1/release')).body).toEqual({ ended: true })
    expect(await lane('entry-1')).not.toHaveProperty('hold')
  })

  test.each([
    ['openings', { reason: 'because' }, 422],
    ['openings', { reason: 'help', note: 'Mr Miller' }, 422],
    ['hold', { reason: 'event', forMs: 1 }, 422],
    ['hold', { reason: 'event', forMs: 13 * 3_600_000 }, 422],
  ])('refuses %s with %j', async (what, body, status) => {
    const { garage, call } = open()
    expect((await call('POST', `/admin/lanes/entry-1/${what}`, body)).status).toBe(status)
    expect(garage.entryTypes()).toEqual([])
  })

  test('says which lane there is not, and which cannot be held', async () => {
    const { call } = open()
    const there = await call('POST', '/admin/lanes/nowhere/openings', { reason: 'help' })
    expect([there.status, there.body.code]).toEqual([404, 'unknown_lane'])
    const hold = await call('POST', '/admin/lanes/exit-1/hold', { reason: 'rush', forMs: 60_000 })
    expect([hold.status, hold.body.code]).toEqual([409, 'no_hold_output'])
  })

  test('nobody who is not logged in sees or opens a lane', async () => {
    const { garage, call } = open({ loggedIn: false })
    expect((await call('GET', '/admin/lanes')).status).toBe(401)
    expect((await call('POST', '/admin/lanes/entry-1/openings', { reason: 'help' })).status).toBe(401)
    expect(garage.vends).toEqual([])
  })
})
