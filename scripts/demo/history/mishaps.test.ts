import { openGarage } from '@gatehouse/edge/parking/test-garage'
import type { SiteCore } from '@gatehouse/edge/site/site-core'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { describe, expect, it } from 'vitest'
import { type MishapPlaces, planMishaps, replayMishaps, withLapsingCard } from './mishaps.ts'
import { planStays } from './plan.ts'
import { replayStays } from './stays.ts'
import { Timeline } from './timeline.ts'

const fromMs = Date.UTC(2026, 10, 1)
const dayMs = 24 * 3_600_000
const places: MishapPlaces = {
  doorIds: ['front', 'back'],
  entryLaneIds: ['in'],
  exitLaneIds: ['out'],
}
const none = { doorIds: [], entryLaneIds: [], exitLaneIds: [] }
const plan = (days: number, at: Partial<MishapPlaces>) =>
  planMishaps(new SeededRandom(1), { fromMs, days }, { ...none, ...at })

describe('mishaps of the past', () => {
  it('are of every kind already on the first day, so that no page of a short history is empty', () => {
    const { doors, tailgates } = plan(1, places)
    expect([doors.length, tailgates.length]).toEqual([1, 1])
    for (const { atMs } of [...doors, ...tailgates]) expect(atMs).toBeLessThan(fromMs + dayMs)
  })

  it('are spread over three weeks, doors forced and held open by turns and each closed later', () => {
    const { doors } = plan(21, places)
    expect(new Set(doors.map(({ kind }) => kind))).toEqual(new Set(['held_open', 'forced']))
    expect(new Set(doors.map(({ atMs }) => Math.floor(atMs / dayMs))).size).toBe(7)
    for (const { atMs, closedMs } of doors) expect(closedMs - atMs).toBeGreaterThan(60_000)
  })

  it('need a place: a house without lanes has no tailgate, a garage without doors no forced one', () => {
    expect(plan(21, { doorIds: ['front'] }).tailgates).toEqual([])
    expect(plan(21, { ...places, doorIds: [] }).doors).toEqual([])
  })
})

describe('a card whose reservation lapses', () => {
  it('pays one long stay, and its booked money is a case for a person', async () => {
    const lanes = { entryLaneIds: ['entry-1'], exitLaneIds: ['exit-1'] } satisfies Record<string, [string]>
    const span = { fromMs, days: 1 }
    const planned = planStays({ random: new SeededRandom(3), span, ...lanes, perDay: 64 })
    const stays = withLapsingCard(planned, fromMs).filter(({ card }) => card !== undefined)
    expect(stays).toHaveLength(1)
    const garage = openGarage({ clock: new ManualClock(fromMs) })
    const core = { kernel: garage.kernel, cards: garage.cards, directory: garage.directory } as SiteCore
    const timeline = new Timeline(garage.clock)
    const failed: unknown[] = []
    garage.kernel.onCommitted((entries) => {
      for (const { entry } of entries) {
        if (entry.type === 'effect.settled' && entry.body.outcome === 'failed') failed.push(entry.body)
      }
    })
    const refused: string[] = []
    const onRefused = (what: string, code: string) => refused.push(`${what} ${code}`)
    replayStays({ core, timeline, parked: new Map(), onRefused }, stays)
    await timeline.runUntil(fromMs + 2 * dayMs)
    expect(refused).toEqual([])
    expect(failed).toEqual([expect.objectContaining({ detail: 'gone', paymentId: expect.any(String) })])
    garage.close()
  })
})

describe('mishaps lived through at a garage', () => {
  it('become incidents through the real commands, and leave counts and books as they would be without', async () => {
    const garage = openGarage({ clock: new ManualClock(fromMs) })
    const core = { kernel: garage.kernel, cards: garage.cards, directory: garage.directory } as SiteCore
    const timeline = new Timeline(garage.clock)
    const refused: string[] = []
    const options = {
      core,
      timeline,
      onRefused: (what: string, code: string) => refused.push(`${what} ${code}`),
    }
    const mishaps = planMishaps(
      new SeededRandom(1),
      { fromMs, days: 1 },
      {
        ...places,
        entryLaneIds: ['entry-1'],
        exitLaneIds: ['exit-1'],
      },
    )
    replayMishaps(options, { ...mishaps, doors: [] })
    await timeline.runUntil(fromMs + dayMs)
    expect(refused).toEqual([])
    expect(garage.incidents().map(([kind]) => kind)).toEqual(['tailgate_entry', 'tailgate_exit'])
    expect([garage.rebuildsEqual(), garage.bugs]).toEqual([true, []])
    garage.close()
  })
})
