import { commandOrigin } from '@gatehouse/cloud/audit/act'
import { putChangedRows } from '@gatehouse/cloud/directory/put-changes'
import { createSimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import { SystemClock } from '@gatehouse/edge/system-clock'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { expect, vi } from 'vitest'
import { type StoryWorld, startStory } from './story-world.ts'

/** The front door of Harbour House: the first output of the first board. */
export const frontDoor = { doorId: 'door-main', unit: 1, channel: 1 }

const waitMax = { timeout: 60_000, interval: 50 }

/** Harbour House with the board of its doors, whose strikes are counted. */
export interface FrontDoorStory {
  readonly world: StoryWorld
  /** How often the front door was opened. */
  openings(): number
  /** Waits until the strike is back: one that is still released would not change. */
  untilShut(): Promise<void>
  stop(): Promise<void>
}

/** Starts Harbour House with a board that a test looks at. */
export async function startFrontDoorStory(): Promise<FrontDoorStory> {
  const board = await createSimulatedBoard({ listen: { host: '127.0.0.1', port: 0 }, units: [1, 2] })
  const boards = { kind: 'tcp' as const, host: '127.0.0.1', port: board.port }
  const world = await startStory({ devices: { buses: { 'boards-1': boards } } })
  const strike = board.unit(frontDoor.unit).output(frontDoor.channel)
  let openings = 0
  strike.onChange((on) => {
    if (on) openings += 1
  })
  return {
    world,
    openings: () => openings,
    untilShut: () => vi.waitFor(() => expect(strike.on).toBe(false), waitMax),
    stop: async () => {
      await world.stop()
      await board.close()
    },
  }
}

/** Says more of the house; it never closes then, so that a story can be told at any hour. */
export async function neverClose(
  world: StoryWorld,
  change: Pick<DirectoryBody<'site'>, 'lending'> = {},
): Promise<void> {
  const told = () => world.edge().site?.directory.site()
  const site = told() ?? expect.fail('the site is not described yet')
  const openingHours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '00:00', to: '24:00' }))
  const body = { ...site, openingHours, holidays: [], ...change }
  const { siteId } = world.site
  const by = commandOrigin('test', new SystemClock().now().wallMs)
  await putChangedRows(world.cloud.pool, siteId, [{ kind: 'site', key: siteId, body }], by)
  await vi.waitFor(() => expect(told()).toEqual(body), waitMax)
}
