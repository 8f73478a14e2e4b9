import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { rebuildCommand } from '@gatehouse/edge/rebuild-command'
import { systemRandom } from '@gatehouse/edge/system-random'
import { bookingViewSchema } from '@gatehouse/shared/api/views'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { rowsOf } from '../demo/world/rows.ts'
import { OneRoof } from './one-roof.ts'
import { openSmallDisk, type SmallDisk } from './small-disk.ts'

const attemptsMax = 2_000

let disk: SmallDisk
let roof: OneRoof

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-full-'))
  disk = openSmallDisk(folder)
  roof = await OneRoof.raise(folder)
})

afterAll(async () => {
  await roof?.close()
  disk?.remove()
})

async function sellUntilFull(): Promise<Response> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const answer = await roof.book()
    if (answer.status !== 201) return answer
  }
  return expect.fail('the disk never filled up')
}

describe('a disk that is full', () => {
  let heldId = ''

  test('stops selling in clear words; doors open and cars leave, and that is recorded', async () => {
    process.stdout.write(`  full disk by ${disk.kind}\n`)
    for (const plate of ['DEMO 111', 'DEMO 222', 'DEMO 333']) await roof.driveIn(plate)
    heldId = bookingViewSchema.parse(await (await roof.book()).json()).bookingId
    await roof.openDoor()
    disk.fill(roof.program)
    const refused = await sellUntilFull()
    expect([refused.status, await refused.json()]).toEqual([
      507,
      expect.objectContaining({ code: 'store_full', title: expect.stringContaining('disk is full') }),
    ])
    expect((await roof.book()).status).toBe(507)
    const card = await roof.post(`/bookings/${heldId}/confirm`, { method: 'card', card: 'sandbox_ok' })
    expect([card.status, await card.json()]).toEqual([507, expect.objectContaining({ code: 'store_full' })])
    expect(await (await roof.get('/readyz')).json()).toMatchObject({ status: 'not_ready' })
    disk.releaseReserve(roof.program)
    await roof.expectFactsGoOn('DEMO 111')
  })

  test('leaves room for a day of doors and sensors, and refusals use none of it', async () => {
    const bays = rowsOf(roof.lone.site.rows, 'space').map(({ key }) => key)
    const before = roof.site.kernel.head.seq
    for (let n = 0; n < 600; n += 1) {
      const spaceId = bays[n % bays.length]
      expect((await roof.run('senseBay', { spaceId, occupied: n % 240 < 120 })).ok).toBe(true)
    }
    expect(roof.site.kernel.head.seq).toBeGreaterThan(before + 500)
    const receipts = () => roof.site.kernel.db.prepare('SELECT count(*) AS n FROM receipts').get()
    const kept = receipts()
    for (let n = 0; n < 20; n += 1) await roof.run('confirmPassage', { laneId: 'no-such-lane' })
    // Where the disk only pretends, the site may have found room in the meantime.
    if (roof.site.kernel.storage === 'reserved') expect(receipts()).toEqual(kept)
  })

  test('is survived by a restart', async () => {
    await roof.restart()
    if (disk.kind === 'tmpfs') {
      expect(roof.site.kernel.storage).toBe('reserved')
      expect((await roof.book()).status).toBe(507)
    }
    await roof.expectFactsGoOn('DEMO 222')
  })

  test('with nothing left at all answers clearly and does not crash', async () => {
    disk.fill(roof.program)
    const codes = new Set<string>()
    for (let n = 0; n < 400 && !codes.has('store_full'); n += 1) {
      const outcome = await roof.run('reportDoor', { doorId: 'door-main', state: 'closed' })
      codes.add(outcome.ok ? 'recorded' : outcome.refusal.code)
    }
    expect([...codes].filter((code) => code !== 'recorded' && code !== 'store_full')).toEqual([])
    expect((await roof.get('/healthz')).status).toBe(200)
  })

  test('recovers by itself when there is room', async () => {
    disk.free(roof.program)
    await vi.waitFor(() => expect(roof.site.checkStorage()).toBe(true), 60_000)
    expect((await roof.book()).status).toBe(201)
    await roof.expectFactsGoOn('DEMO 333')
    await roof.program.stop()
    const config = readEdgeConfig(roof.lone.configPath)
    if (isConfigProblem(config)) expect.fail(config.lines.join())
    const lines: string[] = []
    expect([await rebuildCommand(config, systemRandom, (line) => lines.push(line)), lines.at(-1)]).toEqual([
      0,
      expect.stringContaining('equal'),
    ])
  })
})
