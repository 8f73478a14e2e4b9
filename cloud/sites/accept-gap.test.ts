import { handshakeAnswerSchema } from '@gatehouse/shared/wire/v1/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { readCloudSums } from '../reconciliation/cloud-sums.ts'
import { acceptGap } from './accept-gap.ts'
import { sitesNotCaughtUp } from './caught-up.ts'
import { createEnrolmentCode } from './enrolment.ts'
import { readLives } from './read-lives.ts'
import { sensed } from './testing/events.ts'
import type { SiteTwin } from './testing/site-twin.ts'
import { SyncServer } from './testing/sync-server.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

const nowMs = () => server.clock.now().wallMs
const reason = 'The disk of the later backups burnt down.'

async function greet(twin: SiteTwin, told: object = {}) {
  const { incarnation, head } = twin
  const request = { incarnation, head, epoch: 0, rev: 0, version: 'test', ...told }
  return handshakeAnswerSchema.parse(await (await twin.post('/sync/v1/handshake', request)).json())
}

/** A cloud that has three entries of a site, which recorded nine, pruned eight and has just said so. */
async function lost(site: string) {
  const twin = await server.enrolled(site)
  const event = () => sensed('d1', true)
  await twin.send(twin.record(event(), event(), event()))
  await server.projected()
  const gone = twin.record(event(), event(), event(), event(), event())
  const pruned = { seq: 8, hash: gone.at(-1)?.hash ?? '' }
  const kept = twin.record(event())
  await server.pool.query('UPDATE cloud_identity SET epoch_began_ms = $1', [nowMs()])
  await greet(twin, { pruned })
  return { twin, pruned, kept }
}

const accept = (twin: SiteTwin, toSeq: number, incarnation = twin.incarnation) =>
  acceptGap(server.pool, {
    ...{ siteId: twin.siteId, incarnation, toSeq, reason },
    by: commandOrigin('test', nowMs()),
  })

async function openCases({ siteId }: SiteTwin): Promise<readonly string[]> {
  const { rows } = await server.pool.query<{ kind: string }>(
    'SELECT kind FROM exceptions WHERE site_id = $1 AND closed_ms IS NULL ORDER BY kind',
    [siteId],
  )
  return rows.map(({ kind }) => kind)
}

describe('entries that the cloud lost and the site keeps no longer', () => {
  it('stay lost when a person accepts it: the site goes on behind them and counts as caught up', async () => {
    const { twin, pruned, kept } = await lost('accepted')
    expect(await sitesNotCaughtUp(server.pool, 'operator')).toContain('accepted')
    expect(await readLives(server.pool, 'accepted')).toMatchObject([
      { state: 'history_gone', lost: { fromSeq: 4, toSeq: 8 }, gaps: [] },
    ])
    expect((await twin.send(kept)).status).toBe(409)
    expect(await accept(twin, 8)).toEqual({ ok: true, value: undefined })
    expect(await greet(twin, { pruned })).toMatchObject({ verdict: 'continue', head: pruned })
    expect(await openCases(twin)).toEqual([])
    expect((await twin.send(kept)).status).toBe(204)
    await server.projected()
    const { epoch } = await greet(twin, { pruned })
    expect(await sitesNotCaughtUp(server.pool, 'operator')).not.toContain('accepted')
    const gap = { fromSeq: 4, toSeq: 8, byId: 'test', atMs: nowMs(), reason }
    expect(await readLives(server.pool, 'accepted')).toMatchObject([
      { state: 'in_step', lost: null, gaps: [gap] },
    ])
    // What the site remembers of the gap's end is no evidence against this cloud.
    expect((await greet(twin, { pruned, acknowledged: { ...pruned, epoch } })).epoch).toBe(epoch)
  })

  it('are missing in the books, and the sums say so', async () => {
    const { twin, kept } = await lost('summed')
    await accept(twin, 8)
    await twin.send(kept)
    await server.projected()
    const sums = await readCloudSums(server.pool, { siteId: twin.siteId, incarnation: 1 }, 9)
    expect(sums).toMatchObject({
      entries: 4,
      projectedSeq: 9,
      head: twin.head,
      hashAtSiteHead: twin.head.hash,
    })
  })

  it('are projected up to the gap first, when that was not done yet', async () => {
    const { twin, kept } = await lost('late')
    const back = 'UPDATE projection_positions SET seq = 1, audit_seq = 1 WHERE site_id = $1'
    await server.pool.query(back, ['late'])
    await accept(twin, 8)
    await twin.send(kept)
    await server.projected()
    const { rows } = await server.pool.query('SELECT seq FROM projection_positions WHERE site_id = $1', [
      'late',
    ])
    expect(rows).toEqual([{ seq: 9 }])
  })

  it('are accepted once, as they were seen, for the newest box and only while they are lost', async () => {
    const { twin } = await lost('refused')
    expect(await accept(twin, 7)).toEqual({ ok: false, error: 'gap_moved' })
    expect(await accept(twin, 8, 2)).toEqual({ ok: false, error: 'no_gap' })
    const both = await Promise.all([accept(twin, 8), accept(twin, 8)])
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true])
    expect(await accept(twin, 8)).toEqual({ ok: false, error: 'no_gap' })
    const { rows } = await server.pool.query<{ record: string }>(
      `SELECT record FROM admin_acts WHERE act = 'ledger.gap_accepted' AND record::jsonb ->> 'siteId' = 'refused'`,
    )
    expect(rows.map(({ record }) => JSON.parse(record).after)).toMatchObject([
      { fromSeq: 4, toSeq: 8, reason },
    ])
    const whole = await server.enrolled('whole')
    await greet(whole)
    expect(await accept(whole, 8)).toEqual({ ok: false, error: 'no_gap' })
  })

  it('keep another box from taking over, without using its code up or fencing the one in use', async () => {
    const { twin } = await lost('kept')
    await accept(twin, 8)
    const by = commandOrigin('test', nowMs())
    const { siteId } = twin
    const { code } = await createEnrolmentCode(server.pool, server.random, { siteId, by, oldBox: 'broken' })
    const body = { code, publicKey: 'A'.repeat(43), machine: 'box-2', siteId, adopts: true }
    const answer = await twin.post('/sync/v1/enrol', body)
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'history_incomplete' }])
    expect((await greet(twin)).verdict).toBe('continue')
    const { code: plain } = await createEnrolmentCode(server.pool, server.random, { siteId, by })
    const fresh = await twin.post('/sync/v1/enrol', { ...body, code: plain, adopts: false })
    expect(fresh.status).toBe(200)
  })
})
