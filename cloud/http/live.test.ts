import type { LiveMessage } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { filterFor } from './live.ts'
import { type Caller, hourMs, startMs, startTestCloud, type TestCloud } from './testing/test-cloud.ts'

type Changed = Extract<LiveMessage, { kind: 'changed' }>

let world: TestCloud
let anna: Caller
beforeAll(async () => {
  world = await startTestCloud()
  anna = await world.as('anna')
})
afterAll(() => world?.close())

function open(headers: Record<string, string>): WebSocket {
  return new WebSocket(`${world.cloud.url.replace('http', 'ws')}/api/v1/live`, { headers })
}

/** Collects messages until one fits. */
function received(socket: WebSocket, fits: (message: LiveMessage) => boolean): Promise<LiveMessage> {
  return new Promise((resolve, reject) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as LiveMessage
      if (fits(message)) resolve(message)
    })
    socket.on('error', reject)
  })
}

function refusedStatus(socket: WebSocket): Promise<number | undefined> {
  return new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
    socket.on('open', () => resolve(undefined))
    socket.on('error', () => undefined)
  })
}

describe('live messages', () => {
  it('greet, and tell of a booking made by somebody else', async () => {
    const socket = open({ cookie: anna.cookie, origin: world.cloud.url })
    const hello = received(socket, (message) => message.kind === 'hello')
    const changed = received(socket, (message) => message.kind === 'changed' && message.topic === 'plan')
    expect(await hello).toEqual({ kind: 'hello', nowMs: startMs, answersBeats: true })
    const ben = await world.as('ben')
    const interval = { fromMs: startMs + hourMs, toMs: startMs + 2 * hourMs }
    await ben.post('/api/v1/sites/north/bookings', { spaceId: 'room-1', ...interval }, 'key-live-1')
    expect(await changed).toMatchObject({ siteId: 'north' })
    socket.close()
  })

  it('answer a screen that asks whether the cloud is there, once a second', async () => {
    const socket = open({ cookie: anna.cookie, origin: world.cloud.url })
    await received(socket, (message) => message.kind === 'hello')
    const said: LiveMessage[] = []
    socket.on('message', (data) => said.push(JSON.parse(String(data))))
    const answered = received(socket, (message) => message.kind === 'hello')
    for (const text of ['noise', 'beat', 'beat']) socket.send(text)
    expect(await answered).toMatchObject({ answersBeats: true })
    world.clock.advance(1_000)
    const again = received(socket, (message) => message.kind === 'hello')
    socket.send('beat')
    await again
    expect(said.filter(({ kind }) => kind === 'hello')).toHaveLength(2)
    socket.close()
  })

  it('are for people who are logged in, on our own pages', async () => {
    expect(await refusedStatus(open({ origin: world.cloud.url }))).toBe(401)
    expect(await refusedStatus(open({ cookie: anna.cookie, origin: 'https://evil.example' }))).toBe(403)
  })

  it('keep what runs a site from members and from managers of other sites', () => {
    const ledger: Changed = { kind: 'changed', topic: 'ledger', siteId: 'north', ids: [] }
    const bookings: Changed = { kind: 'changed', topic: 'bookings', siteId: 'north', ids: ['bk_1'] }
    const member = filterFor({ role: 'member', managedSiteIds: [] })
    const own = filterFor({ role: 'site_manager', managedSiteIds: ['north'] })
    const other = filterFor({ role: 'site_manager', managedSiteIds: ['south'] })
    expect([member(ledger), other(ledger)]).toEqual([undefined, undefined])
    expect(own(ledger)).toEqual(ledger)
    expect(member(bookings)).toEqual({ ...bookings, ids: [] })
    expect(own(bookings)).toEqual(bookings)
  })
})
