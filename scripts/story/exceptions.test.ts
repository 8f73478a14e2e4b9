import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { ensureUser } from '@gatehouse/cloud/members/users'
import { systemRandom } from '@gatehouse/cloud/system-random'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { demoLogins, demoPassword } from '../demo/world/people.ts'
import { Member } from './member.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory } from './story-world.ts'

const hqName = demoLogins.find(({ role }) => role === 'hq')?.name
const soon = { timeout: 30_000, interval: 500 }

const stepSchema = z.object({
  act: z.string(),
  by: z.object({ id: z.string(), name: z.string().optional() }),
})
const caseSchema = z.object({
  ...{ exceptionId: z.int(), state: z.string(), kind: z.string(), needsSecond: z.boolean() },
  ...{ amountMinor: z.int().optional(), fix: z.string().optional(), history: z.array(stepSchema).optional() },
  sides: z.array(z.looseObject({ what: z.string(), difference: z.number().optional() })),
})
const pageSchema = z.object({ items: z.array(caseSchema) })
const booksSchema = z.object({ items: z.array(z.looseObject({ siteId: z.string(), state: z.string() })) })

let world: StoryWorld
let maker: Member
let checker: Member

beforeAll(async () => {
  world = await startStory()
  const { pool, auth, url } = world.cloud
  const email = 'second@demo.example'
  await ensureUser(
    { pool, auth, random: systemRandom },
    { email, password: demoPassword, displayName: 'Second (demo)', role: 'hq' },
    commandOrigin('test', 1),
  )
  maker = await world.logIn('hq@demo.example')
  checker = await Member.logIn(url, email)
})

afterAll(async () => {
  await world?.stop()
})

async function read<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  return schema.parse(await (await maker.get(path)).json())
}

const cases = async () => (await read('/hq/exceptions?site=harbour-house', pageSchema)).items
const theCase = (id: number) => read(`/hq/exceptions/${id}`, caseSchema)

async function booksState(): Promise<string | undefined> {
  const { items } = await read('/hq/reconciliation', booksSchema)
  return items.find(({ siteId }) => siteId === 'harbour-house')?.state
}

const until = (state: string) => vi.waitFor(async () => expect(await booksState()).toBe(state), soon)

/** A booking paid in cash at the kiosk; answers with its id. */
async function paidInCash(): Promise<string> {
  const when = anHourAhead(9)
  const body = { spaceId: await freeDesk(world, when), ...when, guestName: 'Demo' }
  const held = bookingViewSchema.parse(await (await world.kiosk('/bookings', 'story-hold', body)).json())
  const cash = { method: 'cash', tenderedMinor: held.price.totalMinor }
  const confirmed = await world.kiosk(`/bookings/${held.bookingId}/confirm`, 'story-confirm', cash)
  expect(confirmed.status).toBe(200)
  return held.bookingId
}

async function alter(bookingId: string, byMinor: number): Promise<void> {
  const changed = await world.cloud.pool.query(
    'UPDATE payments SET amount_minor = amount_minor + $2 WHERE booking_id = $1',
    [bookingId, byMinor],
  )
  expect(changed.rowCount).toBe(1)
}

describe('a row of the books that somebody altered', () => {
  test('is one case, which two people settle; put right, the books are equal again', async () => {
    const bookingId = await paidInCash()
    await until('equal')
    await alter(bookingId, 12_300)
    await until('different')
    const found = await vi.waitFor(async () => {
      const [first, ...others] = await cases()
      expect(others).toEqual([])
      expect(first).toMatchObject({ kind: 'difference', state: 'open', needsSecond: true })
      return first
    }, soon)
    const id = found?.exceptionId ?? 0
    expect(found?.amountMinor).toBe(12_300)
    expect(found?.sides).toEqual([expect.objectContaining({ what: 'takings EUR cash', difference: 12_300 })])

    const act = async (by: Member, verb: string, body: object = {}) =>
      (await by.post(`/hq/exceptions/${id}/${verb}`, `story-${verb}-${by === maker}`, body)).status
    expect(await act(maker, 'take')).toBe(200)
    expect(await act(checker, 'take')).toBe(409)
    expect(await act(maker, 'propose', { fix: 'accepted', note: 'Counted the drawer with the site.' })).toBe(
      200,
    )
    expect(await act(maker, 'approve')).toBe(409)
    expect(await act(checker, 'approve')).toBe(200)

    // The line stays red and is found at each report; what was accepted is no news.
    const { rows } = await world.cloud.pool.query<{ at: number }>(
      `SELECT max(heard_ms) AS at FROM site_health WHERE site_id = 'harbour-house'`,
    )
    await vi.waitFor(async () => {
      const heard = await world.cloud.pool.query<{ at: number }>(
        `SELECT max(heard_ms) AS at FROM site_health WHERE site_id = 'harbour-house'`,
      )
      expect(heard.rows[0]?.at).toBeGreaterThan((rows[0]?.at ?? 0) + 10_000)
    }, soon)
    expect([await booksState(), (await theCase(id)).state]).toEqual(['different', 'settled'])

    await alter(bookingId, -12_300)
    await until('equal')
    const settled = await theCase(id)
    expect(
      settled.history?.map(
        ({ act: done, by }) => `${done} ${by.id === 'cloud' ? 'cloud' : (by.name ?? by.id)}`,
      ),
    ).toEqual(['opened cloud', `taken ${hqName}`, `proposed ${hqName}`, 'settled Second (demo)'])
    expect(await auditOf(id)).toEqual(['exception.taken', 'exception.proposed', 'exception.settled'])
    expect(await cases()).toHaveLength(1)
  }, 120_000)

  test('that is put right before anybody comes settles itself', async () => {
    const { rows } = await world.cloud.pool.query<{ booking_id: string }>(
      'SELECT booking_id FROM payments LIMIT 1',
    )
    const bookingId = rows[0]?.booking_id ?? ''
    await alter(bookingId, 40)
    const [reopened] = await vi.waitFor(async () => {
      const now = await cases()
      expect(now.map(({ state }) => state)).toEqual(['open'])
      return now
    }, soon)
    await alter(bookingId, -40)
    const id = reopened?.exceptionId ?? 0
    await vi.waitFor(async () => expect((await theCase(id)).fix).toBe('resolved_by_itself'), soon)
    expect(await auditOf(id)).toEqual([
      ...['exception.taken', 'exception.proposed', 'exception.settled'],
      ...['exception.reopened', 'exception.settled'],
    ])
  }, 120_000)
})

async function auditOf(id: number): Promise<readonly string[]> {
  const { rows } = await world.cloud.pool.query<{ act: string }>(
    `SELECT act FROM admin_acts WHERE record::jsonb #>> '{subject,kind}' = 'exception'
       AND record::jsonb #>> '{subject,id}' = $1 ORDER BY seq`,
    [String(id)],
  )
  return rows.map(({ act }) => act)
}
