import { once } from 'node:events'
import { connect } from 'node:net'
import { createSimulatedBoard, type SimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import {
  createSimulatedReaders,
  type SimulatedReaders,
} from '@gatehouse/edge/devices/simulators/simulated-readers'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { windowMs } from '@gatehouse/shared/passes/presentation'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { demoMembers } from '../demo/world/people.ts'
import { callRaw, expectHealthy, expectRebuildEqual, siteRows } from './bad-calls.ts'
import { freePort } from './free-port.ts'
import { Holder } from './holder.ts'
import { type LogBook, logBook } from './log-book.ts'
import { anHourAhead, freeDesk, type StoryWorld, startStory } from './story-world.ts'

const soon = { timeout: 15_000, interval: 50 }
const card = demoMembers.find(({ planId }) => planId === 'plan-resident')?.card ?? ''
const doors = ['door-main', 'door-yard', 'door-hall', 'door-lagoon', 'door-stairs', 'door-offices']

let world: StoryWorld
let logs: LogBook
let opened = 0
let boards: SimulatedBoard
let readers: SimulatedReaders

beforeAll(async () => {
  const listen = { host: '127.0.0.1', port: 0 }
  boards = await createSimulatedBoard({ listen, units: [1, 2] })
  readers = await createSimulatedReaders({ listen })
  for (const [index] of doors.entries())
    boards
      .unit(1)
      .input(index + 1)
      .set(true)
  logs = logBook()
  const tcp = (port: number) => ({ kind: 'tcp' as const, host: '127.0.0.1', port })
  const buses = {
    'boards-1': tcp(boards.port),
    'readers-1': tcp(readers.port),
    'gone-1': tcp(await freePort()),
  }
  world = await startStory({ devices: { buses }, logger: logs.logger })
  await vi.waitFor(async () => expect(await online('door-main-strike', 'door-main-reader')).toBe(true), soon)
}, 60_000)

afterAll(async () => {
  await world?.stop()
  await boards?.close()
  await readers?.close()
})

/** Whether every one of these devices answers, as staff see it. */
async function online(...deviceIds: string[]): Promise<boolean> {
  const headers = { authorization: `Bearer ${world.site.callers.panel}` }
  const answer = await callRaw(`${world.edgeUrl}/api/v1/devices`, { headers })
  const { items } = JSON.parse(answer.text) as { items: { deviceId: string; online: boolean }[] }
  return deviceIds.every((id) => items.find(({ deviceId }) => deviceId === id)?.online === true)
}

/** Holds a member's card to the reader of a door (of the next, unless said) and waits until its strike is released. */
function expectOpens(channel = nextDoor()): Promise<void> {
  return expectReleased(channel, () => readers.reader(channel).tap(card))
}

/** Waits until what somebody does at a door has released its strike. */
async function expectReleased(channel: number, act: () => void): Promise<void> {
  // A strike that is still released from before would not change.
  await vi.waitFor(() => expect(boards.unit(1).output(channel).on).toBe(false), soon)
  const released = nextRelease(channel)
  act()
  await released
}

function nextDoor(): number {
  opened += 1
  return (opened % doors.length) + 1
}

function nextRelease(channel: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const strike = boards.unit(1).output(channel)
    const timer = setTimeout(() => reject(new RangeError(`strike ${channel} was not released`)), 5_000)
    const stop = strike.onChange((on) => {
      if (!on) return
      clearTimeout(timer)
      stop()
      resolve()
    })
  })
}

async function expectSells(daysAhead: number): Promise<void> {
  const when = anHourAhead(daysAhead)
  const body = { spaceId: await freeDesk(world, when), ...when, guestName: 'Demo' }
  const held = await world.kiosk('/bookings', `devices-hold-${daysAhead}`, body)
  expect(bookingViewSchema.parse(await held.json()).status).toBe('held')
}

const garbage: readonly (readonly [string, Uint8Array])[] = [
  ['zeros', new Uint8Array(4_096)],
  ['ones', new Uint8Array(4_096).fill(0xff)],
  ['every byte', Uint8Array.from({ length: 4_096 }, (_, n) => (n * 167) % 256)],
  ['half a frame', Uint8Array.from([0x01, 0x05, 0x00])],
  ['a frame with a wrong checksum', Uint8Array.from([0x01, 0x01, 0x01, 0x00, 0xde, 0xad])],
  ['an exception nobody asked for', Uint8Array.from([0x01, 0x85, 0x02, 0xc3, 0x51])],
  ['lines of nonsense', Buffer.from('99:X:hello\r\n:::\r\n01:C:\r\n01:C:abc\r\n\r\n\r\nPIN?\r\n')],
  ['a line without end', Buffer.from('01:C:'.padEnd(10_000, '1'))],
]

describe('boards and readers that babble', () => {
  test.each(garbage)('%s: the doors open as before', async (_name, bytes) => {
    boards.babble(bytes)
    readers.babble(bytes)
    // A reader that was cut off in the middle of a line ends it with the next one.
    readers.babble(Buffer.from('\r\n'))
    await vi.waitFor(
      async () => expect(await online('door-main-strike', 'door-main-contact')).toBe(true),
      soon,
    )
    await expectOpens()
    await expectHealthy(world.edgeUrl)
  })

  test('a storm of garbage is counted, and logged a few times only', async () => {
    logs.clear()
    const noise = Buffer.concat(Array.from({ length: 200 }, () => Buffer.from('99:X:noise\r\n\u00ff\u00fe')))
    for (let round = 0; round < 50; round += 1) {
      readers.babble(noise)
      boards.babble(noise)
    }
    readers.babble(Buffer.from('\r\n'))
    await vi.waitFor(
      async () => expect(await online('door-yard-strike', 'door-yard-reader')).toBe(true),
      soon,
    )
    await expectOpens()
    await world.restartEdge()
    await vi.waitFor(
      async () => expect(await online('door-yard-strike', 'door-yard-reader')).toBe(true),
      soon,
    )
    readers.babble(Buffer.concat([noise, Buffer.from('\r\n')]))
    await vi.waitFor(() => expect(logs.lines('device input not understood').length).toBeGreaterThan(0), soon)
    const lines = logs.lines('device input not understood')
    expect(lines.length).toBeLessThan(20)
    for (const line of lines) expect(Number(line.amount)).toBeGreaterThan(0)
    await expectOpens()
  })

  test('cards and PINs that nobody has are refused and leave the door shut', async () => {
    const before = siteRows(world)
    const released = vi.fn()
    const stop = boards.unit(1).output(3).onChange(released)
    readers.reader(3).tap('00000000')
    readers.reader(3).enterPin('9999')
    await vi.waitFor(
      () => expect(siteRows(world).entries).toBeGreaterThanOrEqual((before.entries ?? 0) + 2),
      soon,
    )
    expect(released).not.toHaveBeenCalled()
    stop()
  })
})

describe('a scanner at a door', () => {
  const refusals = () =>
    world
      .edge()
      .site?.kernel.db.prepare(
        `SELECT json_extract(text, '$.body.reason') FROM entries WHERE json_extract(text, '$.type') = 'access.refused'
           AND json_extract(text, '$.body.deviceId') = 'door-yard-reader' ORDER BY seq`,
      )
      .pluck()
      .all()

  test('opens for the pass on a phone, and records whatever else is held before it', async () => {
    const member = await world.logIn('member@demo.example')
    const phone = new Holder()
    const pass = await phone.fetch(member, 'scanner-pass', { kind: 'member', siteId: 'harbour-house' })
    const channel = doors.indexOf('door-yard') + 1
    const nowMs = () => new SystemClock().now().wallMs
    const before = refusals()?.length ?? 0
    const shown = phone.show(pass, nowMs())
    await expectReleased(channel, () => readers.reader(channel).showCode(shown))
    const opened = vi.fn()
    const stop = boards
      .unit(1)
      .output(channel)
      .onChange((on) => on && opened())
    const others: readonly (readonly [string, string])[] = [
      ['HH-7Q2M4', 'pass_malformed'],
      [shown.slice(0, 200), 'pass_truncated'],
      [pass.token, 'pass_not_presented'],
      [new Holder().show(pass, nowMs()), 'presentation_forged'],
      [shown, 'presentation_used'],
      [phone.show(pass, nowMs() - 3 * windowMs), 'presentation_expired'],
    ]
    for (const [text] of others) readers.reader(channel).showCode(text)
    await vi.waitFor(
      () => expect(refusals()?.slice(before)).toEqual(others.map(([, reason]) => reason)),
      soon,
    )
    expect(opened).not.toHaveBeenCalled()
    stop()
  })
})

describe('devices that fall silent', () => {
  test('a pulled cable: shown down, the exit buttons still open, and it comes back', async () => {
    readers.drop()
    boards.drop()
    await vi.waitFor(
      async () => expect(await online('door-main-strike', 'door-main-reader')).toBe(true),
      soon,
    )
    await expectOpens()
  })

  test('a board that hangs: shown down, the kiosk sells on, and its doors open when it answers again', async () => {
    boards.setSilent(true)
    await vi.waitFor(async () => expect(await online('door-main-strike')).toBe(false), soon)
    const effects = () =>
      world
        .edge()
        .site?.kernel.db.prepare<[], { outcome: string }>(
          `SELECT json_extract(text, '$.body.outcome') AS outcome FROM entries WHERE text LIKE '%"type":"effect.settled"%' ORDER BY seq DESC LIMIT 1`,
        )
    const released = vi.fn()
    const stop = boards.unit(1).output(1).onChange(released)
    const before = siteRows(world).entries ?? 0
    readers.reader(1).tap(card)
    await expectSells(2)
    await vi.waitFor(() => expect(siteRows(world).entries).toBeGreaterThanOrEqual(before + 3), soon)
    await vi.waitFor(() => expect(['failed', 'unknown']).toContain(effects()?.get()?.outcome), soon)
    expect(released).not.toHaveBeenCalled()
    stop()
    expect(await online('door-main-reader')).toBe(true)
    await expectHealthy(world.edgeUrl)
    boards.setSilent(false)
    await vi.waitFor(async () => expect(await online('door-main-strike')).toBe(true), soon)
    for (const [index] of doors.entries()) await expectOpens(index + 1)
  })

  test('a line whose readers are gone: other ways in and out go on', async () => {
    const { port } = readers
    await readers.close()
    await vi.waitFor(async () => expect(await online('door-main-reader')).toBe(false), soon)
    await vi.waitFor(() => expect(boards.unit(1).output(2).on).toBe(false), soon)
    const released = nextRelease(2)
    boards.unit(2).input(2).set(true)
    await released
    boards.unit(2).input(2).set(false)
    await expectSells(3)
    readers = await createSimulatedReaders({ listen: { host: '127.0.0.1', port } })
    await vi.waitFor(async () => expect(await online('door-main-reader')).toBe(true), soon)
    await expectOpens()
  })

  test('who connects to the edge and says nothing, or nonsense, costs nothing', async () => {
    const port = Number(new URL(world.edgeUrl).port)
    const idle = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'))
    for (const socket of idle) socket.on('error', () => undefined)
    for (const text of [
      '\u0000\u0001\u0002\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'POST /x HTTP/1.1\r\nHost: x y\r\nConnection: close\r\n\r\n',
    ]) {
      const socket = connect(port, '127.0.0.1', () => socket.write(text))
      socket.on('error', () => undefined)
      socket.resume()
      await Promise.race([once(socket, 'close'), once(socket, 'end')])
    }
    await expectHealthy(world.edgeUrl)
    for (const socket of idle) socket.destroy()
  })
})

test('after all of it the books are as a replay of the ledger makes them', async () => {
  await expectRebuildEqual(world)
  await expectHealthy(world.edgeUrl)
  expect(logs.lines('request failed')).toEqual([])
})
