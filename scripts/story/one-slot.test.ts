import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Member } from './member.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory, untilLive } from './story-world.ts'

const callers = 16
const rounds = 100

let world: StoryWorld
let member: Member

beforeAll(async () => {
  world = await startStory()
  member = await world.logIn('member@demo.example')
  await untilLive(member)
})

afterAll(async () => {
  await world?.stop()
})

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

  test('leaves no second booking of a slot in either store', async () => {
    const overlap = `SELECT count(*)::int AS overlaps FROM bookings a JOIN bookings b ON a.space_id = b.space_id
      AND a.booking_id < b.booking_id AND a.from_ms < b.to_ms AND b.from_ms < a.to_ms
      WHERE a.status IN ('held','confirmed','checked_in') AND b.status IN ('held','confirmed','checked_in')`
    const { rows } = await world.cloud.pool.query(overlap)
    expect(rows).toEqual([{ overlaps: 0 }])
    const local = world.edge().site?.kernel.db.prepare(overlap.replace('::int', '')).all()
    expect(local).toEqual([{ overlaps: 0 }])
  })
})
