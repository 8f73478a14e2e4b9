import type { MyPasses, PassView } from '@gatehouse/shared/api/pass-view'
import type { Problem } from '@gatehouse/shared/api/problem'
import { testKeys } from '@gatehouse/shared/passes/testing/sample-passes'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Caller, hourMs, startTestCloud, type TestCloud } from '../http/testing/test-cloud.ts'
import { tendPasses } from './tend-passes.ts'

let world: TestCloud
let anna: Caller
let ben: Caller
let keys = 0
const given: string[] = []

const key = () => `my-pass-key-${String(++keys).padStart(8, '0')}`
const phone = (seed: number) => Buffer.from(testKeys(seed).publicKey).toString('base64url')

async function give(caller: Caller, seed: number): Promise<string> {
  const wish = { kind: 'member', siteId: 'north', holderKey: phone(seed) }
  const answer = await caller.post('/api/v1/passes', wish, key())
  return (answer.body as unknown as PassView).passId
}

async function list(caller: Caller, query = ''): Promise<MyPasses> {
  return (await caller.get(`/api/v1/passes${query}`)).body as unknown as MyPasses
}

const idsOf = ({ items }: MyPasses) => items.map(({ passId }) => passId)

beforeAll(async () => {
  world = await startTestCloud()
  anna = await world.as('anna')
  ben = await world.as('ben')
  await tendPasses({ ...world.cloud, clock: world.clock })
  for (const seed of [21, 22, 23]) {
    given.unshift(await give(anna, seed))
    world.clock.advance(1_000)
  }
})
afterAll(() => world?.close())

it('names the device of every pass, the newest first, and never the pass itself', async () => {
  const mine = await list(anna)
  expect(idsOf(mine)).toEqual(given)
  expect(mine.items.map(({ holderKey }) => holderKey)).toEqual([23, 22, 21].map(phone))
  expect(mine.items.some((item) => 'token' in item)).toBe(false)
  expect(mine).not.toHaveProperty('nextCursor')
})

it('gives pages that follow each other without a gap', async () => {
  const first = await list(anna, '?limit=2')
  const second = await list(anna, `?limit=2&cursor=${first.nextCursor}`)
  expect([idsOf(first).length, [...idsOf(first), ...idsOf(second)]]).toEqual([2, given])
  expect(second).not.toHaveProperty('nextCursor')
})

it('knows nothing of other members, and says so to who is none', async () => {
  const foreign = await give(ben, 24)
  expect([idsOf(await list(ben)), idsOf(await list(anna))]).toEqual([[foreign], given])
  const hq = await (await world.as('hana')).get('/api/v1/passes')
  expect([hq.status, (hq.body as unknown as Problem).code]).toEqual([403, 'not_a_member'])
  expect((await world.stranger().get('/api/v1/passes')).status).toBe(401)
})

it('leaves out what was taken back, and what has run out until it is renewed', async () => {
  const [last = '', ...others] = given
  expect((await anna.post(`/api/v1/passes/${last}/revoke`, {}, key())).status).toBe(200)
  expect(idsOf(await list(anna))).toEqual(others)
  const [renewed = ''] = others
  world.clock.advance(20 * hourMs)
  await anna.post(`/api/v1/passes/${renewed}/renew`, {}, key())
  const { items } = await list(anna)
  const untilMs = Math.max(...items.map(({ toMs }) => toMs))
  world.clock.set({ wallMs: untilMs - 1 })
  expect(idsOf(await list(anna))).toEqual([renewed])
  world.clock.set({ wallMs: untilMs })
  expect(idsOf(await list(anna))).toEqual([])
})

it('refuses a cursor or a limit that is none', async () => {
  const queries = ['limit=0', 'limit=101', 'limit=x', 'cursor=1', 'cursor=x.ps_1', 'cursor=1.ps_;']
  for (const query of queries) expect((await anna.get(`/api/v1/passes?${query}`)).status).toBe(422)
})
