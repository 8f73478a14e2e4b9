import { rebuildCommand } from '@gatehouse/edge/rebuild-command'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { systemRandom } from '@gatehouse/edge/system-random'
import { type AuthorityView, authorityViewSchema } from '@gatehouse/shared/api/authority-view'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { neverClose } from './front-door.ts'
import type { Member } from './member.ts'
import { type StoryWorld, startStory, untilLive } from './story-world.ts'

const hour = 3_600_000
const soon = { timeout: 30_000, interval: 100 }
const nowMs = () => new SystemClock().now().wallMs

let world: StoryWorld
let hq: Member

/** Stretches that the cloud may sell, as a tier sees them, by space and start. */
async function lent(of: (path: string) => Promise<Response>): Promise<string[]> {
  const fromMs = Math.floor(nowMs() / hour) * hour
  const answer = await of(`/sites/harbour-house/authority?fromMs=${fromMs}&toMs=${fromMs + 24 * hour}`)
  const { spaces }: AuthorityView = authorityViewSchema.parse(await answer.json())
  return spaces
    .flatMap(({ spaceId, spans }) =>
      spans.flatMap((span) => (span.authority.kind === 'cloud' ? [`${spaceId} ${span.fromMs}`] : [])),
    )
    .sort()
}
const atSite = () => lent(world.kiosk)
const inCloud = () => lent((path) => hq.get(path))

beforeAll(async () => {
  world = await startStory()
  hq = await world.logIn('hq@demo.example')
  await untilLive(await world.logIn('member@demo.example'))
  await neverClose(world, { lending: { pools: [] } })
  await vi.waitFor(async () => expect([await atSite(), await inCloud()]).toEqual([[], []]), soon)
}, 90_000)

afterAll(async () => {
  await world?.stop()
})

test('what the site row says is lent by itself, both tiers say the same, and it comes back when the row says no more', async () => {
  const policy = {
    ...{ sharePercent: 50, shareMinPercent: 50, shareMaxPercent: 50, stepPercent: 0 },
    ...{ windowMs: 4 * hour, leadMs: 8 * hour, cutOffMs: 0 },
  }
  await neverClose(world, { lending: { pools: [{ poolId: 'desks', kind: 'desk', policy }] } })
  await vi.waitFor(async () => {
    const seen = await inCloud()
    expect(seen.length).toBeGreaterThan(1)
    expect(await atSite()).toEqual(seen)
  }, soon)
  await neverClose(world, { lending: { pools: [] } })
  await vi.waitFor(async () => {
    expect([await atSite(), await inCloud()]).toEqual([[], []])
    const { rows } = await world.cloud.pool.query('SELECT DISTINCT state FROM loans')
    expect(rows).toEqual([{ state: 'released' }])
  }, soon)
}, 90_000)

test('both tiers say alike who sells in a stop of lending: not what was lent before, but what never was', async () => {
  const { kernel } = world.edge().site ?? expect.fail('the site is not open')
  const told = async (of: (path: string) => Promise<Response>) => {
    const answer = await of(`/sites/harbour-house/authority?fromMs=0&toMs=${hour}`)
    const { siteStopped, loans, spaces } = authorityViewSchema.parse(await answer.json())
    return { siteStopped, loans, spaces }
  }
  const stop = {
    kind: 'stopLending',
    caller: 'system',
    key: 'stop-1',
    input: { reason: 'unknown_loan' },
  } as const
  expect(await kernel.submit(stop)).toMatchObject({ ok: true })
  const atSite = await told(world.kiosk)
  const sellers = atSite.spaces.map(({ spans }) => spans[0]?.authority.kind)
  expect(new Set(sellers)).toEqual(new Set(['nobody', 'site']))
  await vi.waitFor(async () => expect(await told((path) => hq.get(path))).toEqual(atSite), soon)
}, 60_000)

test('the ledger rebuilds what the site lent', async () => {
  const lines: string[] = []
  const code = await rebuildCommand(world.edgeConfig, systemRandom, (line) => lines.push(line))
  expect([code, lines.at(-1)]).toEqual([0, expect.stringContaining('equal')])
})
