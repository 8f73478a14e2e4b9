import { problemSchema } from '@gatehouse/shared/api/problem'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { logBook } from './log-book.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory, untilLive } from './story-world.ts'

const cloudLog = logBook('info')
const siteLog = logBook('info')
const parent = '00f067aa0ba902b7'
let world: StoryWorld

beforeAll(async () => {
  world = await startStory({ logger: cloudLog.logger, siteLogger: siteLog.logger })
})

afterAll(async () => {
  await world?.stop()
})

const linesOf = (book: typeof cloudLog, traceId: string) =>
  book.all().filter((line) => line.traceId === traceId)

async function hold(key: string, traceparent: string, wanted?: { spaceId: string }) {
  const member = await world.logIn('member@demo.example')
  await untilLive(member)
  const when = anHourAhead(5)
  const spaceId = wanted?.spaceId ?? (await freeDesk(world, when))
  const answer = await member.post(
    '/sites/harbour-house/bookings',
    key,
    { spaceId, ...when },
    { traceparent },
  )
  return { spaceId, answer }
}

describe('one trace id', () => {
  test('of a booking in the cloud finds lines in the logs of cloud and site', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const { spaceId, answer } = await hold('trace-hold-1', `00-${traceId}-${parent}-01`)
    const text = await answer.text()
    expect([answer.status, text]).toEqual([201, expect.stringContaining(spaceId)])
    expect(answer.headers.get('x-trace-id')).toBe(traceId)
    expect(answer.headers.get('traceparent')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
    expect(linesOf(cloudLog, traceId)).toMatchObject([
      { command: 'holdBooking', siteId: 'harbour-house' },
      { outcome: 'booking.held' },
    ])
    await vi.waitFor(() =>
      expect(linesOf(siteLog, traceId)).toMatchObject([{ command: 'holdBooking', outcome: 'done' }]),
    )
    const [asked] = linesOf(cloudLog, traceId)
    expect(linesOf(siteLog, traceId)[0]?.requestId).toBe(asked?.requestId)
  })

  // The key is too short for the cloud.
  test('of a refusal is in the problem and in the log', async () => {
    const traceId = 'aaaabbbbccccddddeeeeffff00001111'
    const { answer } = await hold('short', `00-${traceId}-${parent}-01`, { spaceId: 'no-such-space' })
    expect(problemSchema.parse(await answer.json()).traceId).toBe(traceId)
    expect(linesOf(cloudLog, traceId)).toMatchObject([
      { status: answer.status, method: 'POST', route: '/api/v1/sites/:id/bookings' },
    ])
  })

  test.each(['nonsense', `00-${'0'.repeat(32)}-${parent}-01`, `00-${'f'.repeat(32)}`])(
    'begins anew where the header is invalid, on both tiers: %s',
    async (traceparent) => {
      for (const url of [world.cloud.url, world.edgeUrl]) {
        const answer = await fetch(`${url}/healthz`, { headers: { traceparent } })
        expect(answer.status).toBe(200)
        expect(answer.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/)
        expect(traceparent).not.toContain(String(answer.headers.get('x-trace-id')))
      }
    },
  )

  test('given to the edge comes back with its answers and problems', async () => {
    const traceId = '0123456789abcdef0123456789abcdef'
    const headers = { traceparent: `00-${traceId}-${parent}-01` }
    const answer = await fetch(`${world.edgeUrl}/api/v1/bookings`, { headers })
    expect(answer.headers.get('x-trace-id')).toBe(traceId)
    expect(problemSchema.parse(await answer.json()).traceId).toBe(traceId)
    const machine = await fetch(`${world.cloud.url}/sync/v1/handshake`, {
      method: 'POST',
      headers,
      body: '{',
    })
    expect(problemSchema.parse(await machine.json()).traceId).toBe(traceId)
  })
})
