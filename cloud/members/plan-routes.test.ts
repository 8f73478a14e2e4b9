import { afterAll, beforeAll, expect, it } from 'vitest'
import { hourMs, startMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'

let world: TestCloud
beforeAll(async () => {
  world = await startTestCloud()
})
afterAll(() => world?.close())

const planOf = async (name: 'anna' | 'ben' | 'hana') =>
  (await (await world.as(name)).get('/api/v1/me/plan')).body.plan

it('shows a member their own plan with its price in money and what it covers', async () => {
  expect(await planOf('anna')).toMatchObject({
    planId: 'desks',
    name: 'Desks',
    monthlyMinor: 20_000,
    currency: 'EUR',
    covers: ['desk'],
    state: 'running',
  })
})

it('is null for a member without a plan and for somebody who is no member', async () => {
  expect(await planOf('ben')).toBeNull()
  expect(await planOf('hana')).toBeNull()
})

it('says since when and until when, and that it is coming or over', async () => {
  const set = (fromMs: number | null, toMs: number | null) =>
    world.cloud.pool.query(
      "UPDATE member SET plan_from_ms = $1, plan_to_ms = $2 WHERE member_id = 'mb-anna'",
      [fromMs, toMs],
    )
  await set(startMs + hourMs, startMs + 2 * hourMs)
  expect(await planOf('anna')).toMatchObject({
    state: 'coming',
    fromMs: startMs + hourMs,
    toMs: startMs + 2 * hourMs,
  })
  // The end is exclusive.
  await set(null, startMs)
  expect(await planOf('anna')).toMatchObject({ state: 'over' })
  await set(startMs, startMs + 1)
  expect(await planOf('anna')).toMatchObject({ state: 'running' })
})

it('names no currency where sites differ in it', async () => {
  await world.cloud.pool.query(
    `UPDATE site_directory SET body = jsonb_set(body, '{currency}', '"CHF"'), rev = rev + 1000
     WHERE site_id = 'south' AND kind = 'site'`,
  )
  expect(await planOf('anna')).not.toHaveProperty('currency')
})

it('is for people who are logged in', async () => {
  expect((await world.stranger().get('/api/v1/me/plan')).status).toBe(401)
})
