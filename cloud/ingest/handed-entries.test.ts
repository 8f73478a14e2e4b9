import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancelled, confirmed, held } from '../sites/testing/events.ts'
import { SiteTwin } from '../sites/testing/site-twin.ts'
import { SyncServer, startMs } from '../sites/testing/sync-server.ts'
import { HandedEntries, handedCharsMax } from './handed-entries.ts'
import { projectNext } from './project.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
  // Nothing is projected but by the tests themselves.
  await server.projector.stop()
})
afterAll(() => server.stop())

const seqsOf = (entries: readonly SealedEntry[]) => entries.map(({ entry }) => entry.seq)

describe('handed entries', () => {
  const twin = new SiteTwin('', {
    now: () => ({ wallMs: 0, bootId: 'b', monotonicMs: 0, quality: 'trusted' }),
  })
  const entries = twin.record(...Array.from({ length: 6 }, () => confirmed('bk_1')))

  it('are given once, in order, from the next one on', () => {
    const handed = new HandedEntries()
    handed.keep(twin, entries.slice(0, 3))
    handed.keep(twin, entries.slice(3))
    expect(seqsOf(handed.take(twin, { afterSeq: 1, limit: 3 }))).toEqual([2, 3, 4])
    expect(seqsOf(handed.take(twin, { afterSeq: 4, limit: 3 }))).toEqual([5, 6])
    expect(handed.take(twin, { afterSeq: 6, limit: 3 })).toEqual([])
  })

  it('are not given when one before them is missing', () => {
    const handed = new HandedEntries()
    handed.keep(twin, entries.slice(0, 1))
    handed.keep(twin, entries.slice(2))
    expect(seqsOf(handed.take(twin, { afterSeq: 0, limit: 9 }))).toEqual([1])
    handed.keep(twin, entries.slice(2))
    expect(handed.take(twin, { afterSeq: 1, limit: 9 })).toEqual([])
  })

  it('are kept up to a bound over all streams, and there is room again when some are gone', () => {
    const handed = new HandedEntries()
    const large = entries.map((entry) => ({ ...entry, text: 'x'.repeat(handedCharsMax / 2) }))
    const other = { ...twin, incarnation: 2, siteId: twin.siteId }
    handed.keep(twin, large.slice(0, 1))
    handed.keep(other, large.slice(0, 1))
    handed.keep(twin, large.slice(1, 2))
    expect(seqsOf(handed.take(twin, { afterSeq: 0, limit: 9 }))).toEqual([1])
    handed.forget(other)
    handed.keep(twin, large.slice(1, 3))
    expect(seqsOf(handed.take(twin, { afterSeq: 1, limit: 9 }))).toEqual([2, 3])
    expect(handed.take(other, { afterSeq: 0, limit: 9 })).toEqual([])
  })
})

describe('a run of the projector', () => {
  async function told(site: string, pieces: readonly Parameters<SiteTwin['record']>[]) {
    const twin = await server.enrolled(site)
    const sent: (readonly SealedEntry[])[] = []
    for (const piece of pieces) {
      const entries = twin.record(...piece)
      expect((await twin.send(entries)).status).toBe(204)
      sent.push(entries)
    }
    return { twin, sent, handed: new HandedEntries() }
  }
  const statuses = async (siteId: string) => {
    const { rows } = await server.pool.query<{ status: string }>(
      'SELECT status FROM bookings WHERE site_id = $1 ORDER BY booking_id',
      [siteId],
    )
    return rows.map(({ status }) => status)
  }

  it('does not read back what it was handed', async () => {
    const { twin, sent, handed } = await told('handed', [[held('bk_1', 'sp_1', 1, 2), confirmed('bk_1')]])
    handed.keep(twin, sent.flat())
    await server.pool.query(`DELETE FROM ledger_entries WHERE site_id = 'handed'`)
    expect(await projectNext(server.pool, twin, startMs, handed)).toMatchObject({
      kind: 'caught_up',
      count: 2,
    })
    expect(await statuses('handed')).toEqual(['confirmed'])
  })

  it('is behind while another process appended more than it was handed, and reads that', async () => {
    const pieces = [[held('bk_1', 'sp_1', 1, 2), confirmed('bk_1')], [cancelled('bk_1')]]
    const { twin, sent, handed } = await told('followed', pieces)
    handed.keep(twin, sent[0] ?? [])
    expect(await projectNext(server.pool, twin, startMs, handed)).toMatchObject({ kind: 'behind', count: 2 })
    expect(await projectNext(server.pool, twin, startMs, handed)).toMatchObject({
      kind: 'caught_up',
      count: 1,
    })
    expect(await statuses('followed')).toEqual(['cancelled'])
  })

  it('reads what another process appended before, and projects what it was handed once', async () => {
    const pieces = [[held('bk_1', 'sp_1', 1, 2)], [confirmed('bk_1'), held('bk_2', 'sp_1', 2, 3)]]
    const { twin, sent, handed } = await told('preceded', pieces)
    handed.keep(twin, sent[1] ?? [])
    expect(await projectNext(server.pool, twin, startMs, handed)).toMatchObject({
      kind: 'caught_up',
      count: 3,
    })
    handed.keep(twin, sent[1] ?? [])
    expect(await projectNext(server.pool, twin, startMs, handed)).toMatchObject({
      kind: 'caught_up',
      count: 0,
    })
    expect(await statuses('preceded')).toEqual(['confirmed', 'held'])
  })

  it('reads from the store what it was handed for a run that failed', async () => {
    const { twin, sent, handed } = await told('failed', [[held('bk_1', 'sp_1', 1, 2)]])
    handed.keep(twin, sent.flat())
    const other = server.otherPool()
    const writer = await other.connect()
    await writer.query('BEGIN; LOCK TABLE bookings IN EXCLUSIVE MODE')
    await server.pool.query(`ALTER DATABASE ${await databaseName()} SET lock_timeout = '1ms'`)
    const impatient = server.otherPool()
    await expect(projectNext(impatient, twin, startMs, handed)).rejects.toMatchObject({ code: '55P03' })
    await writer.query('COMMIT')
    expect(await projectNext(impatient, twin, startMs, handed)).toMatchObject({ kind: 'caught_up', count: 1 })
    writer.release()
    await Promise.all([other.end(), impatient.end()])
  })
})

async function databaseName(): Promise<string> {
  const { rows } = await server.pool.query<{ name: string }>('SELECT current_database() AS name')
  return rows[0]?.name ?? ''
}
