import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Member } from './member.ts'
import { anHourAhead, type StoryWorld, startStory, untilLive } from './story-world.ts'

const callers = 16
const rounds = 25
const spaces = ['hall', 'hall-west', 'hall-east'] as const

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

type Post = (key: string, about: unknown) => Promise<Response>

/** Sixteen at once, some for the hall and some for a half of it: the hall is sold, or its halves are. */
async function playRound(book: Post, cancel: Post, round: number): Promise<void> {
  const when = anHourAhead(12 + (round % 5))
  const wished = Array.from({ length: callers }, (_, at) => spaces[(at + round) % spaces.length] ?? 'hall')
  const answers = await Promise.all(
    wished.map((spaceId, at) => book(`round-${round}-${at}`, { spaceId, ...when })),
  )
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true)
  const won = answers.filter(({ status }) => status === 201)
  const held = await Promise.all(won.map(async (answer) => bookingViewSchema.parse(await answer.json())))
  expect([['hall'], ['hall-east', 'hall-west']]).toContainEqual(held.map(({ spaceId }) => spaceId).sort())
  for (const { bookingId } of held) {
    expect((await cancel(`free-${round}-${bookingId}`, bookingId)).status).toBe(200)
  }
}

describe('sixteen people who want a hall or a half of it', () => {
  test('at the kiosk never get both', async () => {
    const book: Post = (key, body) =>
      world.kiosk('/bookings', `kiosk-${key}`, { ...(body as object), guestName: 'Demo' })
    const cancel: Post = (key, id) => world.kiosk(`/bookings/${String(id)}/cancel`, `kiosk-${key}`, {})
    for (let round = 0; round < rounds; round += 1) await playRound(book, cancel, round)
  }, 600_000)

  test('through the cloud never get both', async () => {
    const book: Post = (key, body) => member.post('/sites/harbour-house/bookings', `cloud-${key}`, body)
    const cancel: Post = (key, id) => member.post(`/bookings/${String(id)}/cancel`, `cloud-${key}`, {})
    for (let round = 0; round < rounds; round += 1) await playRound(book, cancel, round)
  }, 600_000)

  test('leave no entry that the cloud could not post', async () => {
    const { rows } = await world.cloud.pool.query('SELECT reason FROM quarantine')
    expect(rows).toEqual([])
  })
})
