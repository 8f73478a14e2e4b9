import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { createSimulatedBoard, type SimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import {
  createSimulatedReaders,
  type SimulatedReaders,
} from '@gatehouse/edge/devices/simulators/simulated-readers'
import type { EdgeProgram } from '@gatehouse/edge/edge-program'
import { startEdge, systemAdapters } from '@gatehouse/edge/main'
import type { Site } from '@gatehouse/edge/site/site'
import { expect, vi } from 'vitest'
import { harbourHouse } from '../demo/world/harbour-house.ts'
import { rowsOf } from '../demo/world/rows.ts'
import { freePort } from '../story/free-port.ts'
import { onLines } from '../story/line-readers.ts'
import { type LoneSite, writeLoneSite } from './lone-site.ts'

const dayMs = 86_400_000

/**
 * The garage with one door of the coworking house, alone, with a board and readers over real sockets: what has to go on
 * whatever happens to the store is under one roof.
 */
export class OneRoof {
  program: EdgeProgram
  readonly lone: LoneSite
  readonly #board: SimulatedBoard
  readonly #readers: SimulatedReaders
  readonly #url: string
  #count = 0

  private constructor(
    lone: LoneSite,
    port: number,
    board: SimulatedBoard,
    readers: SimulatedReaders,
    program: EdgeProgram,
  ) {
    this.lone = lone
    this.#url = `http://127.0.0.1:${port}`
    this.#board = board
    this.#readers = readers
    this.program = program
  }

  /** Writes the site into `folder` and starts it. */
  static async raise(folder: string): Promise<OneRoof> {
    const listen = { host: '127.0.0.1', port: 0 }
    const board = await createSimulatedBoard({ listen, units: [1, 2] })
    const readers = await createSimulatedReaders({ listen })
    const port = await freePort()
    const rows = harbourHouse.rows.filter(({ key }) => key.startsWith('door-main') || key === 'hh-ground')
    const bus = (to: { readonly port: number }) => ({ kind: 'tcp', host: '127.0.0.1', port: to.port })
    const buses = { 'boards-1': bus(board), 'readers-1': bus(readers) }
    const lone = writeLoneSite(folder, { siteId: 'quay-street', port, buses, rows: rows.map(onLines) })
    return new OneRoof(lone, port, board, readers, await startedFrom(lone))
  }

  /** Stops the edge and starts it again. */
  async restart(): Promise<void> {
    await this.program.stop()
    this.program = await startedFrom(this.lone)
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.program.stop()
    await this.#board.close()
    await this.#readers.close()
  }

  get site(): Site {
    return this.program.site ?? expect.fail('the site is not open')
  }

  /** What the site answers at this path. */
  get(path: string): Promise<Response> {
    return fetch(`${this.#url}${path}`, { headers: { connection: 'close' } })
  }

  /** A command of a device, each under a key of its own. */
  run(kind: string, input: object) {
    this.#count += 1
    return this.site.kernel.submit({ kind, caller: 'device:test', key: `fact-${this.#count}`, input })
  }

  /** A request of the kiosk. */
  post(path: string, body: object): Promise<Response> {
    this.#count += 1
    return fetch(`${this.#url}/api/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.lone.site.callers.kiosk}`,
        'content-type': 'application/json',
        // The edge is stopped and started between two calls: a kept connection may end under the second.
        connection: 'close',
        'idempotency-key': `request-${this.#count}`,
      },
      body: JSON.stringify(body),
    })
  }

  /** Books a bay and an hour that nobody else asked for. */
  book(): Promise<Response> {
    const bays = rowsOf(this.lone.site.rows, 'space').filter(({ body }) => !body.outOfService)
    const firstDay = Math.ceil(performance.timeOrigin / dayMs) + 2
    const fromMs = (firstDay + Math.floor(this.#count / bays.length)) * dayMs + dayMs / 2
    const spaceId = bays[this.#count % bays.length]?.key
    return this.post('/bookings', { spaceId, fromMs, toMs: fromMs + 3_600_000, guestName: 'Demo Visitor' })
  }

  /** Lets a car in. */
  async driveIn(plate: string): Promise<void> {
    const laneId = this.#lane('entry')
    expect(await this.run('arriveVehicle', { laneId, ...car(plate) })).toMatchObject({ ok: true })
    expect((await this.run('confirmPassage', { laneId })).ok).toBe(true)
  }

  /** Holds a card to the reader until the strike releases. */
  async openDoor(): Promise<void> {
    const strike = this.#board.output(1)
    let released = false
    const stop = strike.onChange((on) => {
      released ||= on
    })
    await vi.waitFor(() => expect(strike.on).toBe(false), 60_000)
    await vi.waitFor(
      () => {
        this.#readers.reader(1).tap(this.lone.card)
        expect(released).toBe(true)
      },
      { timeout: 10_000, interval: 200 },
    )
    stop()
  }

  /** A card opens the door and a car leaves, and both are on record. */
  async expectFactsGoOn(plate: string): Promise<void> {
    const before = this.site.kernel.head.seq
    await this.openDoor()
    expect(await this.run('requestDeparture', { laneId: this.#lane('exit'), ...car(plate) })).toMatchObject({
      ok: true,
      value: { kind: 'opened' },
    })
    expect(this.site.kernel.head.seq).toBeGreaterThanOrEqual(before + 2)
  }

  #lane(direction: 'entry' | 'exit'): string | undefined {
    return rowsOf(this.lone.site.rows, 'lane').find(({ body }) => body.direction === direction)?.key
  }
}

const car = (plate: string) => ({ by: { kind: 'plate', plate } })

function startedFrom({ configPath }: LoneSite): Promise<EdgeProgram> {
  const config = readEdgeConfig(configPath)
  if (isConfigProblem(config)) expect.fail(config.lines.join())
  return startEdge(config, systemAdapters(config))
}
