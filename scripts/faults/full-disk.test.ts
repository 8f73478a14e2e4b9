import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { createSimulatedBoard, type SimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import {
  createSimulatedReaders,
  type SimulatedReaders,
} from '@gatehouse/edge/devices/simulators/simulated-readers'
import type { EdgeProgram } from '@gatehouse/edge/edge-program'
import { startEdge, systemAdapters } from '@gatehouse/edge/main'
import { rebuildCommand } from '@gatehouse/edge/rebuild-command'
import { systemRandom } from '@gatehouse/edge/system-random'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { harbourHouse } from '../demo/world/harbour-house.ts'
import { rowsOf } from '../demo/world/rows.ts'
import { freePort } from '../story/free-port.ts'
import { type LoneSite, writeLoneSite } from './lone-site.ts'
import { openSmallDisk, type SmallDisk } from './small-disk.ts'

const dayMs = 86_400_000
const attemptsMax = 2_000

let disk: SmallDisk
let lone: LoneSite
let board: SimulatedBoard
let readers: SimulatedReaders
let program: EdgeProgram
let url: string
let count = 0

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-full-'))
  disk = openSmallDisk(folder)
  const listen = { host: '127.0.0.1', port: 0 }
  board = await createSimulatedBoard({ listen, units: [1, 2] })
  readers = await createSimulatedReaders({ listen })
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  // A garage with one door of the coworking house: everything that has to go on is under one roof.
  const door = harbourHouse.rows.filter(({ key }) => key.startsWith('door-main') || key === 'hh-ground')
  const bus = (to: { readonly port: number }) => ({ kind: 'tcp', host: '127.0.0.1', port: to.port })
  const buses = { 'boards-1': bus(board), 'readers-1': bus(readers) }
  lone = writeLoneSite(folder, { siteId: 'quay-street', port, buses, rows: door })
  program = await start()
})

afterAll(async () => {
  await program?.stop()
  await board?.close()
  await readers?.close()
  disk?.remove()
})

function start(): Promise<EdgeProgram> {
  const config = readEdgeConfig(lone.configPath)
  if (isConfigProblem(config)) expect.fail(config.lines.join())
  return startEdge(config, systemAdapters(config))
}

const site = () => program.site ?? expect.fail('the site is not open')
const laneOf = (direction: string) =>
  rowsOf(lone.site.rows, 'lane').find(({ body }) => body.direction === direction)?.key
const run = (kind: string, input: object) => {
  count += 1
  return site().kernel.submit({ kind, caller: 'device:test', key: `fact-${count}`, input })
}
const car = (plate: string) => ({ by: { kind: 'plate', plate } })

async function driveIn(plate: string): Promise<void> {
  const laneId = laneOf('entry')
  expect(await run('arriveVehicle', { laneId, ...car(plate) })).toMatchObject({ ok: true })
  expect((await run('confirmPassage', { laneId })).ok).toBe(true)
}

function post(path: string, body: object): Promise<Response> {
  count += 1
  return fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${lone.site.callers.kiosk}`,
      'content-type': 'application/json',
      'idempotency-key': `request-${count}`,
    },
    body: JSON.stringify(body),
  })
}

/** Books a bay and an hour that nobody else asked for. */
function book(): Promise<Response> {
  const bays = rowsOf(lone.site.rows, 'space').filter(({ body }) => !body.outOfService)
  const firstDay = Math.ceil(performance.timeOrigin / dayMs) + 2
  const fromMs = (firstDay + Math.floor(count / bays.length)) * dayMs + dayMs / 2
  const spaceId = bays[count % bays.length]?.key
  return post('/bookings', { spaceId, fromMs, toMs: fromMs + 3_600_000, guestName: 'Demo Visitor' })
}

async function sellUntilFull(): Promise<Response> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const answer = await book()
    if (answer.status !== 201) return answer
  }
  return expect.fail('the disk never filled up')
}

/** Holds a card to the reader until the strike releases. */
async function openDoor(): Promise<void> {
  let released = false
  const stop = board.output(1).onChange((on) => {
    released ||= on
  })
  await vi.waitFor(() => expect(board.output(1).on).toBe(false), 60_000)
  await vi.waitFor(
    () => {
      readers.reader(1).tap(lone.card)
      expect(released).toBe(true)
    },
    { timeout: 10_000, interval: 200 },
  )
  stop()
}

async function expectFactsGoOn(plate: string): Promise<void> {
  const before = site().kernel.head.seq
  await openDoor()
  expect(await run('requestDeparture', { laneId: laneOf('exit'), ...car(plate) })).toMatchObject({
    ok: true,
    value: { kind: 'opened' },
  })
  expect(site().kernel.head.seq).toBeGreaterThanOrEqual(before + 2)
}

describe('a disk that is full', () => {
  let heldId = ''

  test('stops selling in clear words; doors open and cars leave, and that is recorded', async () => {
    process.stdout.write(`  full disk by ${disk.kind}\n`)
    for (const plate of ['DEMO 111', 'DEMO 222', 'DEMO 333']) await driveIn(plate)
    heldId = bookingViewSchema.parse(await (await book()).json()).bookingId
    await openDoor()
    disk.fill(program)
    const refused = await sellUntilFull()
    expect([refused.status, await refused.json()]).toEqual([
      507,
      expect.objectContaining({ code: 'store_full', title: expect.stringContaining('disk is full') }),
    ])
    expect((await book()).status).toBe(507)
    const card = await post(`/bookings/${heldId}/confirm`, { method: 'card', card: 'sandbox_ok' })
    expect([card.status, await card.json()]).toEqual([507, expect.objectContaining({ code: 'store_full' })])
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ status: 'not_ready' })
    disk.releaseReserve(program)
    await expectFactsGoOn('DEMO 111')
  })

  test('leaves room for a day of doors and sensors, and refusals use none of it', async () => {
    const bays = rowsOf(lone.site.rows, 'space').map(({ key }) => key)
    const before = site().kernel.head.seq
    for (let n = 0; n < 600; n += 1) {
      const spaceId = bays[n % bays.length]
      expect((await run('senseBay', { spaceId, occupied: n % 240 < 120 })).ok).toBe(true)
    }
    expect(site().kernel.head.seq).toBeGreaterThan(before + 500)
    const receipts = () => site().kernel.db.prepare('SELECT count(*) AS n FROM receipts').get()
    const kept = receipts()
    for (let n = 0; n < 20; n += 1) await run('confirmPassage', { laneId: 'no-such-lane' })
    // Where the disk only pretends, the site may have found room in the meantime.
    if (site().kernel.storage === 'reserved') expect(receipts()).toEqual(kept)
  })

  test('is survived by a restart', async () => {
    await program.stop()
    program = await start()
    if (disk.kind === 'tmpfs') {
      expect(site().kernel.storage).toBe('reserved')
      expect((await book()).status).toBe(507)
    }
    await expectFactsGoOn('DEMO 222')
  })

  test('with nothing left at all answers clearly and does not crash', async () => {
    disk.fill(program)
    const codes = new Set<string>()
    for (let n = 0; n < 400 && !codes.has('store_full'); n += 1) {
      const outcome = await run('reportDoor', { doorId: 'door-main', state: 'closed' })
      codes.add(outcome.ok ? 'recorded' : outcome.refusal.code)
    }
    expect([...codes].filter((code) => code !== 'recorded' && code !== 'store_full')).toEqual([])
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  test('recovers by itself when there is room', async () => {
    disk.free(program)
    await vi.waitFor(() => expect(site().checkStorage()).toBe(true), 60_000)
    expect((await book()).status).toBe(201)
    await expectFactsGoOn('DEMO 333')
    await program.stop()
    const config = readEdgeConfig(lone.configPath)
    if (isConfigProblem(config)) expect.fail(config.lines.join())
    const lines: string[] = []
    expect([await rebuildCommand(config, systemRandom, (line) => lines.push(line)), lines.at(-1)]).toEqual([
      0,
      expect.stringContaining('equal'),
    ])
  })
})
