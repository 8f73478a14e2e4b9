import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancelled, captured, confirmed, held, refused, sensed } from '../sites/testing/events.ts'
import type { SiteTwin } from '../sites/testing/site-twin.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'
import { projectNext } from './project.ts'
import { waitForRequest } from './request-answers.ts'
import { onSiteChange, type SiteChange } from './site-change.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

async function tell(twin: SiteTwin, ...events: Parameters<SiteTwin['record']>): Promise<void> {
  const answer = await twin.send(twin.record(...events))
  expect(answer.status).toBe(204)
  await server.projected()
}

async function select(sql: string, siteId: string): Promise<unknown[]> {
  return (await server.pool.query(sql, [siteId])).rows
}

const statuses = 'SELECT booking_id, status FROM bookings WHERE site_id = $1 ORDER BY booking_id'
const aside = 'SELECT seq, reason FROM quarantine WHERE site_id = $1 ORDER BY seq'

describe('projection', () => {
  it('posts a booking from hold to payment', async () => {
    const twin = await server.enrolled('posts')
    await tell(twin, held('bk_1', 'sp_1', 1, 2), captured('py_1', 'bk_1', 1_000), confirmed('bk_1'))
    const rows = await select(
      'SELECT status, paid_minor, paid_by, member_id FROM bookings WHERE site_id = $1',
      'posts',
    )
    expect(rows).toEqual([{ status: 'confirmed', paid_minor: 1_000, paid_by: 'card', member_id: 'mb_1' }])
    const payments = await select('SELECT amount_minor, currency FROM payments WHERE site_id = $1', 'posts')
    expect(payments).toEqual([{ amount_minor: 1_000, currency: 'EUR' }])
    expect(await select('SELECT kind FROM exceptions WHERE site_id = $1', 'posts')).toEqual([])
  })

  it('is of a site that cannot be deleted', async () => {
    const twin = await server.enrolled('stays')
    await tell(twin, held('bk_1', 'sp_1', 1, 2))
    for (const table of ['site_secrets', 'enrolment_codes', 'directory_heads']) {
      await server.pool.query(`DELETE FROM ${table} WHERE site_id = 'stays'`)
    }
    await expect(server.pool.query(`DELETE FROM sites WHERE site_id = 'stays'`)).rejects.toMatchObject({
      code: '23503',
      constraint: 'site_incarnations_site_id_fkey',
    })
  })

  it('raises money that was booked and that the gateway refused to move, once', async () => {
    const twin = await server.enrolled('declined')
    const body = { outcome: 'failed', detail: 'gone', paymentId: 'py_1' } as const
    const failed = (effectId: string) =>
      ({ type: 'effect.settled', body: { ...body, effectId } }) as unknown as Parameters<
        SiteTwin['record']
      >[0]
    await tell(
      twin,
      held('bk_1', 'sp_1', 1, 2),
      captured('py_1', 'bk_1', 1_000),
      confirmed('bk_1'),
      failed('fx_1'),
    )
    await tell(twin, failed('fx_2'))
    const raised = await select(
      'SELECT kind, about, amount_minor, currency, seq FROM exceptions WHERE site_id = $1',
      'declined',
    )
    expect(raised).toEqual([
      { kind: 'late_decline', about: 'py_1', amount_minor: 1_000, currency: 'EUR', seq: 4 },
    ])
  })

  it('sets a second sale of one block aside, raises it, and goes on behind it', async () => {
    const twin = await server.enrolled('overlap')
    await tell(
      twin,
      held('bk_1', 'sp_1', 1, 3),
      held('bk_2', 'sp_1', 2, 4),
      confirmed('bk_2'),
      held('bk_3', 'sp_1', 3, 4),
    )
    expect(await select(statuses, 'overlap')).toEqual([
      { booking_id: 'bk_1', status: 'held' },
      { booking_id: 'bk_3', status: 'held' },
    ])
    expect(await select(aside, 'overlap')).toEqual([
      { seq: 2, reason: 'overlap' },
      { seq: 3, reason: 'unknown_booking' },
    ])
    const raised = await select(
      'SELECT kind, about FROM exceptions WHERE site_id = $1 ORDER BY exception_id',
      'overlap',
    )
    expect(raised).toEqual([
      { kind: 'unprojectable', about: '1:2' },
      { kind: 'unprojectable', about: '1:3' },
    ])
  })

  it('sees the overlap across runs, too, and a freed block is free', async () => {
    const twin = await server.enrolled('later')
    await tell(twin, held('bk_1', 'sp_1', 1, 3))
    await tell(twin, held('bk_2', 'sp_1', 2, 4))
    await tell(twin, cancelled('bk_1'), held('bk_3', 'sp_1', 1, 3))
    expect(await select(statuses, 'later')).toEqual([
      { booking_id: 'bk_1', status: 'cancelled' },
      { booking_id: 'bk_3', status: 'held' },
    ])
    expect(await select(aside, 'later')).toEqual([{ seq: 2, reason: 'overlap' }])
  })

  it('keeps a combined space and its parts apart, and frees all of them together', async () => {
    const twin = await server.enrolled('combined')
    const hall = { parts: ['elm', 'oak'] }
    await tell(twin, held('bk_h', 'hall', 1, 3, hall), held('bk_1', 'elm', 2, 4), held('bk_2', 'ash', 1, 3))
    await tell(twin, held('bk_3', 'oak', 2, 4))
    await tell(twin, cancelled('bk_h'), held('bk_4', 'oak', 2, 4), held('bk_5', 'hall', 3, 4, hall))
    expect(await select(aside, 'combined')).toEqual([
      { seq: 2, reason: 'overlap' },
      { seq: 4, reason: 'overlap' },
      { seq: 7, reason: 'overlap' },
    ])
    const blocks = 'SELECT booking_id, space_id FROM booking_blocks WHERE site_id = $1 ORDER BY space_id'
    expect(await select(blocks, 'combined')).toEqual([
      { booking_id: 'bk_2', space_id: 'ash' },
      { booking_id: 'bk_4', space_id: 'oak' },
    ])
  })

  it('never holds a hall and a room of it at once, whoever writes first', async () => {
    const twin = await server.enrolled('contended')
    await tell(twin, held('bk_h', 'hall', 1, 3, { parts: ['elm', 'oak'] }), cancelled('bk_h'))
    const kinds = [
      ['hall', ['elm', 'oak']],
      ['elm', []],
      ['oak', []],
    ] as const
    const insert = `INSERT INTO bookings (site_id, booking_id, incarnation, seq, space_id, parts, status, reference,
        from_ms, to_ms, block_to_ms, hold_until_ms, price, held_ms)
      SELECT site_id, $1, incarnation, seq, $2, $3, 'confirmed', reference, $4::bigint, $4 + 10, $4 + 10, hold_until_ms,
        price, held_ms FROM bookings WHERE site_id = 'contended' AND booking_id = 'bk_h'`
    for (let round = 0; round < 25; round += 1) {
      const tries = Array.from({ length: 16 }, (_, at) => kinds[(at + round) % 3] ?? kinds[0])
      const ended = await Promise.allSettled(
        tries.map(([space, parts], at) =>
          server.pool.query(insert, [`bk_${round}_${at}`, space, parts, 1_000 + round * 10]),
        ),
      )
      const won = tries.filter((_, at) => ended[at]?.status === 'fulfilled').map(([space]) => space)
      expect(['hall', 'elm,oak']).toContain(won.sort().join())
    }
  })

  it('is guarded by the store when a row came another way', async () => {
    const twin = await server.enrolled('guard')
    await tell(twin, held('bk_1', 'sp_1', 1, 3))
    const copy = `INSERT INTO bookings SELECT site_id, 'bk_x', incarnation, seq, space_id, status, member_id,
      guest_id, reference, from_ms, to_ms, block_to_ms, hold_until_ms, price, 0, 0, 0, paid_by, held_ms
      FROM bookings WHERE site_id = 'guard'`
    await expect(server.pool.query(copy)).rejects.toMatchObject({ code: '23P01' })
  })

  it('sets aside what the store refuses and only that', async () => {
    const twin = await server.enrolled('store')
    const nul = {
      price: {
        ...held('x', 'y', 1, 2).body.price,
        lines: [{ code: 'a', label: '\u0000', quantity: 1, amountMinor: 1 }],
      },
    }
    await tell(twin, sensed('sp_1', true), held('bk_1', 'sp_1', 1, 2, nul), sensed('sp_1', false))
    expect(await select(aside, 'store')).toEqual([{ seq: 2, reason: 'store_22P05' }])
    expect(await select('SELECT occupied, seq FROM space_states WHERE site_id = $1', 'store')).toEqual([
      { occupied: false, seq: 3 },
    ])
  })

  it('stores and sets aside entries of unknown types and shapes', async () => {
    const twin = await server.enrolled('unknown')
    await tell(
      twin,
      { type: 'robot.danced', body: {} },
      { type: 'space.sensed', body: {} },
      sensed('a', true),
    )
    expect(await select(aside, 'unknown')).toEqual([
      { seq: 1, reason: 'unknown_type_or_body' },
      { seq: 2, reason: 'unknown_type_or_body' },
    ])
    expect(await select('SELECT space_id FROM space_states WHERE site_id = $1', 'unknown')).toHaveLength(1)
  })

  it('goes on where it stopped and never twice, with several processes at once', async () => {
    const twin = await server.enrolled('resume')
    const events = Array.from({ length: 40 }, (_, at) => held(`bk_${at}`, 'sp_1', at, at + 1))
    await twin.send(twin.record(...events))
    const stream = { siteId: twin.siteId, incarnation: 1 }
    const other = server.otherPool()
    await Promise.all([
      projectNext(server.pool, stream, 0),
      projectNext(other, stream, 0),
      projectNext(server.pool, stream, 0),
    ])
    await other.end()
    await server.projected()
    expect(await select(statuses, 'resume')).toHaveLength(40)
    expect(await select(aside, 'resume')).toEqual([])
    expect(await select('SELECT seq FROM projection_positions WHERE site_id = $1', 'resume')).toEqual([
      { seq: 40 },
    ])
  })
})

describe('many sites that come back at once', () => {
  it('are projected a few at a time, so that others find a connection', async () => {
    const twins = await Promise.all(Array.from({ length: 12 }, (_, at) => server.enrolled(`storm-${at}`)))
    const other = server.otherPool()
    const writer = await other.connect()
    await writer.query('BEGIN; LOCK TABLE bookings IN SHARE MODE')
    await Promise.all(twins.map((twin) => twin.send(twin.record(held('bk_1', 'sp_1', 1, 2)))))
    const { pool } = server
    // Four runs, and perhaps the sweep.
    expect(pool.totalCount - pool.idleCount + pool.waitingCount).toBeLessThan(7)
    await writer.query('COMMIT')
    await server.projected()
    const [found] = await select(`SELECT count(*)::integer FROM bookings WHERE site_id LIKE $1`, 'storm-%')
    expect(found).toEqual({ count: 12 })
    writer.release()
    await other.end()
  })
})

describe('what waits for the site', () => {
  it('is told of the answer to its request, also when it asks afterwards', async () => {
    const twin = await server.enrolled('answers')
    const parts = { db: server.pool, notifications: server.notifications }
    const waiting = waitForRequest(parts, 'rq_1', 10_000)
    await tell(twin, held('bk_1', 'sp_1', 1, 2, { requestId: 'rq_1' }), refused('rq_2', 'space_taken'))
    expect(await waiting).toMatchObject({ siteId: 'answers', type: 'booking.held', seq: 1 })
    const later = await waitForRequest(parts, 'rq_2', 10_000)
    expect(later).toMatchObject({ type: 'request.refused', body: { code: 'space_taken' } })
  })

  it('stays undecided when no answer comes in time', async () => {
    const parts = { db: server.pool, notifications: server.notifications }
    expect(await waitForRequest(parts, 'rq_never', 20)).toBeUndefined()
  })

  it('is told which parts of a site changed', async () => {
    const changes: SiteChange[] = []
    const stop = onSiteChange(server.notifications, (change) => changes.push(change))
    const twin = await server.enrolled('changes')
    const told = server.notifications.next('site', {
      matches: (text) => text.includes('changes'),
      timeoutMs: 5_000,
    })
    await tell(twin, sensed('a', true))
    await told.done
    stop()
    expect(changes.at(-1)).toEqual({ siteId: 'changes', topics: ['ledger', 'plan', 'board'] })
  })
})
