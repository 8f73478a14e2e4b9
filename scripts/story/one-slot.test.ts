import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Member } from './member.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory, untilLive } from './story-world.ts'

const callers = 16
const rounds = 100

let world: StoryWorld
let member: Member
let before = 0

beforeAll(async () => {
  world = await startStory()
  member = await world.logIn('member@demo.example')
  await untilLive(member)
  before = inEdge()
})

afterAll(async () => {
  await world?.stop()
})

/** Bookings of any state, also cancelled ones. */
const inEdge = () =>
  world.edge().site?.kernel.db.prepare<[], number>('SELECT count(*) FROM bookings').pluck().get() ??
  Number.NaN
const inCloud = async () =>
  (await world.cloud.pool.query<{ rows: number }>('SELECT count(*)::int AS rows FROM bookings')).rows[0]?.rows

type Book = (key: string, body: unknown) => Promise<Response>

/** Sixteen at once for one slot, first under sixteen keys, then the winner's body sixteen times under one. */
async function playRound(book: Book, cancel: Book, round: number): Promise<void> {
  const when = anHourAhead(5)
  const body = { spaceId: await freeDesk(world, when), ...when }
  const many = await Promise.all(Array.from({ length: callers }, (_, n) => book(`slot-${round}-${n}`, body)))
  const statuses = many.map(({ status }) => status).sort()
  expect(statuses).toEqual([201, ...Array.from({ length: callers - 1 }, () => 409)])
  const won = many.find(({ status }) => status === 201)
  const first = bookingViewSchema.parse(await won?.json())
  expect((await cancel(`free-${round}`, first.bookingId)).status).toBe(200)
  const one = await Promise.all(Array.from({ length: callers }, () => book(`same-${round}`, body)))
  const answers = await Promise.all(one.map((answer) => answer.text()))
  expect([...new Set(one.map(({ status }) => status))]).toEqual([201])
  expect(new Set(answers).size).toBe(1)
  const second = bookingViewSchema.parse(JSON.parse(answers[0] ?? ''))
  expect((await cancel(`done-${round}`, second.bookingId)).status).toBe(200)
}

describe('sixteen people who want one slot', () => {
  test('at the kiosk: one gets it; under one key all get the same answer', async () => {
    const book: Book = (key, body) =>
      world.kiosk('/bookings', `kiosk-${key}`, { ...(body as object), guestName: 'Demo' })
    const cancel: Book = (key, id) => world.kiosk(`/bookings/${String(id)}/cancel`, `kiosk-${key}`, {})
    for (let round = 0; round < rounds; round += 1) await playRound(book, cancel, round)
  }, 600_000)

  test('through the cloud: one gets it; under one key all get the same answer', async () => {
    const book: Book = (key, body) => member.post('/sites/harbour-house/bookings', `cloud-${key}`, body)
    const cancel: Book = (key, id) => member.post(`/bookings/${String(id)}/cancel`, `cloud-${key}`, {})
    for (let round = 0; round < rounds; round += 1) await playRound(book, cancel, round)
  }, 600_000)

  test('leave one booking a slot and key in both stores, and none besides', async () => {
    const made = 2 * 2 * rounds
    expect(inEdge() - before).toBe(made)
    await vi.waitFor(async () => expect(await inCloud()).toBe(inEdge()), 30_000)
  })
})
