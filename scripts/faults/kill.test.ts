import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { failpointNames } from '@gatehouse/edge/ledger/failpoints'
import { rebuildCommand } from '@gatehouse/edge/rebuild-command'
import { systemRandom } from '@gatehouse/edge/system-random'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { demoMembers } from '../demo/world/people.ts'
import { drawFates } from './fates.ts'
import { type FaultWorld, startFaultWorld } from './fault-world.ts'
import { FaultyRun } from './faulty-run.ts'
import { KioskRequests } from './kiosk-requests.ts'
import { LedgerAudit } from './ledger-audit.ts'
import { Visitors } from './visitors.ts'

const seed = Number(process.env.FAULT_SEED ?? 2)
const caller = 'kiosk:kiosk-1'

let world: FaultWorld
let kiosk: KioskRequests
let visitors: Visitors
let run: FaultyRun
let audit: LedgerAudit | undefined

beforeAll(async () => {
  world = await startFaultWorld()
  kiosk = new KioskRequests(world.edgeUrl, world.kioskSecret)
  const random = new SeededRandom(seed)
  visitors = new Visitors({ kiosk, random, bayIds: world.bayIds, nowMs: performance.timeOrigin })
  run = new FaultyRun(world, visitors, demoMembers[0]?.card ?? '')
  run.openDoors()
  for (const fate of drawFates(random)) await run.live(fate)
}, 400_000)

afterAll(async () => {
  kiosk?.abandon()
  audit?.close()
  await world?.stop()
})

describe(`an edge that is killed again and again (seed ${seed})`, () => {
  test('dies at every numbered failpoint and at free moments, at least sixty times', () => {
    const met = run.lives.filter(({ ended }) => ended === 'SIGKILL')
    const table = failpointNames.map((name, index) => {
      const lives = met.filter(({ fate }) => fate?.kind === 'failpoint' && fate.name === name)
      return { number: index + 1, name, deaths: lives.length }
    })
    process.stdout.write(
      `${table.map(({ number, name, deaths }) => `  ${number} ${name}: ${deaths}`).join('\n')}\n`,
    )
    expect(table.filter(({ deaths }) => deaths < 5)).toEqual([])
    expect(met.length).toBeGreaterThanOrEqual(60)
    expect(run.lives.filter(({ ended }) => ended !== 'SIGKILL')).toEqual([])
  })

  test('keeps every answer it gave: the same key gets the same answer again', async () => {
    const life = run.start(undefined)
    try {
      expect(await life.ready()).toBeDefined()
      await run.closeDoors()
      expect(visitors.surprises).toEqual([])
      expect(kiosk.repeats).toBeGreaterThan(10)
      const changed = []
      // A declined card is no decision of the site: nothing is kept, and asking again asks the card again.
      for (const before of kiosk.acknowledged.filter(({ status }) => status !== 402)) {
        const after = await kiosk.once(before)
        if (after?.status !== before.status || after.text !== before.text) changed.push({ before, after })
      }
      expect(changed).toEqual([])
      await vi.waitFor(async () => expect(await waitingForCloud(world.edgeUrl)).toBe(0), 60_000)
    } finally {
      await life.stop()
    }
  }, 120_000)

  test('lost no acknowledged entry and doubled none', () => {
    expect(kiosk.acknowledged.length).toBeGreaterThan(60)
    expect(opened().lostOrDoubled(kiosk.acknowledged, caller)).toEqual([])
    expect(opened().doubledBookings()).toEqual([])
  })

  test('holds exactly the card money that its ledger says, and no undecided reservation', () => {
    const { gateway, ledger, undecided } = opened().cardMoney()
    expect(ledger.length).toBeGreaterThan(5)
    expect(gateway).toEqual(ledger)
    expect(undecided).toEqual([])
  })

  test('repeated no strike after a restart, and settled every effect', () => {
    const { unsettled, strikes } = opened().effects()
    expect(unsettled).toBe(0)
    expect(strikes.done).toBeGreaterThan(10)
    expect(strikes.unknown).toBeGreaterThan(0)
    expect(opened().repeatedPulses(run.pulseCounts(opened().head.seq))).toEqual([])
  })

  test('has an unbroken chain, and a replay of it gives the same tables', async () => {
    audit?.close()
    audit = undefined
    const config = readEdgeConfig(world.configPath)
    const lines: string[] = []
    if (isConfigProblem(config)) expect.fail(config.lines.join())
    const code = await rebuildCommand(config, systemRandom, (line) => lines.push(line))
    expect([code, lines.at(-1)]).toEqual([0, expect.stringContaining('equal')])
  })

  test('ends with the cloud at its head, nothing quarantined, and every total the same', async () => {
    const { pool } = world.cloud
    const streams = await pool.query('SELECT head_seq::int AS seq, head_hash AS hash FROM streams')
    expect(streams.rows).toEqual([opened().head])
    const entries = await pool.query('SELECT count(*)::int AS entries FROM ledger_entries')
    expect(entries.rows).toEqual([{ entries: opened().head.seq }])
    expect((await pool.query('SELECT reason, detail FROM quarantine')).rows).toEqual([])
    const bookings = `SELECT status, count(*) AS bookings FROM bookings GROUP BY status ORDER BY status`
    await vi.waitFor(async () => {
      const central = await pool.query(bookings.replace('count(*)', 'count(*)::int'))
      expect(central.rows).toEqual(opened().db.prepare(bookings).all())
    }, 10_000)
  })
})

function opened(): LedgerAudit {
  audit ??= new LedgerAudit(world.dataFolder)
  return audit
}

async function waitingForCloud(edgeUrl: string): Promise<number> {
  const metrics = await (await fetch(`${edgeUrl}/metrics`)).text()
  return Number(/^gatehouse_edge_upload_waiting_entries (\d+)$/m.exec(metrics)?.[1])
}
