import { zoneIdSchema } from '@gatehouse/shared/ids/ids'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBoard } from './occupancy.ts'
import { readInside } from './projections.ts'
import { readOpenSessions } from './session-store.ts'
import { type Garage, openGarage } from './test-garage.ts'
import { openLanes, type TestLanes } from './test-lanes.ts'

const capacity = 12
const plates = ['HHAB123', 'MXY9', 'BCD4567', 'KLM22', 'LPQ8080', 'STU1', 'WWX555', 'ZZY77']

/** What a person with a notepad at the gate would write down. */
interface Notepad {
  inside: number
  /** Plates of vehicles that came in with an authorisation. */
  readonly known: Set<string>
}

interface World {
  garage: Garage
  lanes: TestLanes
  readonly note: Notepad
}

type Action = (world: World) => Promise<void>

const vends = ({ garage }: World) => garage.vends.length
const left = (inside: number) => Math.max(0, inside - 1)

function comeIn(plate: string, lane: string): Action {
  return async (world) => {
    const { lanes, note } = world
    const before = vends(world)
    lanes.approach(lane)
    await lanes.read(lane, plate)
    if (vends(world) === before) return lanes.withdraw(lane)
    await lanes.drive(lane)
    note.inside += 1
    note.known.add(plate)
  }
}

function backOut(plate: string, lane: string): Action {
  return async ({ lanes }) => {
    lanes.approach(lane)
    await lanes.read(lane, plate)
    await lanes.withdraw(lane)
  }
}

function tailgate(lane: string): Action {
  return async ({ lanes, note }) => {
    await lanes.drive(lane)
    note.inside = lane.startsWith('entry') ? note.inside + 1 : left(note.inside)
  }
}

async function payFor({ garage }: World, plate: string): Promise<void> {
  const session = readOpenSessions(garage.db).find(
    ({ stay }) => stay.vehicleId && garage.options.vault.get(garage.db, stay.vehicleId) === plate,
  )
  const { sessionId } = session?.stay ?? {}
  const { quoteId } = await garage.run('quoteSession', { sessionId })
  if (typeof quoteId !== 'string') return
  const paymentId = `pay_${quoteId}`
  await garage.run('paySession', { sessionId, quoteId, method: 'cash', paymentId })
}

function goOut(plate: string, lane: string, ending: 'drives' | 'backs out' | 'does not pay'): Action {
  return async (world) => {
    const { garage, lanes, note } = world
    const before = vends(world)
    lanes.approach(lane)
    await lanes.read(lane, plate)
    if (vends(world) === before && note.known.has(plate) && ending !== 'does not pay') {
      await payFor(world, plate)
      await lanes.devices.settled()
    }
    if (vends(world) === before || ending === 'backs out') return lanes.withdraw(lane)
    await lanes.drive(lane)
    note.inside = left(note.inside)
    note.known.delete(plate)
    expect(garage.bugs).toEqual([])
  }
}

const wait =
  (minutes: number): Action =>
  async ({ garage }) => {
    garage.passMinutes(minutes)
  }

const restart: Action = async (world) => {
  const { folder, clock, kernel } = world.garage
  world.garage.close()
  // Another seed each time, so that no id is drawn twice; the clock alone may not have moved.
  const seed = (clock.now().wallMs + kernel.head.seq * 7_919) % 1_000_003
  world.garage = openGarage({ folder, clock, seed })
  world.lanes = openLanes(world.garage)
}

const plate = fc.constantFrom(...plates)
const action = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(plate, fc.constantFrom('entry-1', 'entry-2')).map((a) => comeIn(...a)) },
  { weight: 1, arbitrary: fc.tuple(plate, fc.constantFrom('entry-1', 'entry-2')).map((a) => backOut(...a)) },
  { weight: 1, arbitrary: fc.constantFrom('entry-1', 'exit-1').map(tailgate) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        plate,
        fc.constantFrom('exit-1', 'exit-2'),
        fc.constantFrom('drives' as const, 'drives' as const, 'backs out' as const, 'does not pay' as const),
      )
      .map((a) => goOut(...a)),
  },
  { weight: 2, arbitrary: fc.constantFrom(1, 9, 20, 200).map(wait) },
  { weight: 1, arbitrary: fc.constant(restart) },
)

test('counts never drift from what a person at the gate would count, over crashes, back-outs and tailgates', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 40 }), async (actions) => {
      const garage = openGarage()
      const note: Notepad = { inside: 0, known: new Set() }
      const world: World = { garage, lanes: openLanes(garage), note }
      for (const act of actions) {
        await act(world)
        await world.lanes.devices.settled()
        expect(readInside(world.garage.db, zoneIdSchema.parse('garage'))).toBe(note.inside)
        const { total } = readBoard(world.garage.db, world.garage.directory, 0)
        expect(total.free).toBe(Math.max(0, capacity - note.inside))
        const open = readOpenSessions(world.garage.db)
        expect(open.filter(({ kind }) => kind !== 'authorised')).toHaveLength(note.known.size)
      }
      expect(world.garage.rebuildsEqual()).toBe(true)
      world.garage.close()
    }),
    { numRuns: 25 },
  )
}, 120_000)
