import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrolmentCodeMaxMs } from './enrolment.ts'
import { isSiteOnline, offlineAfterMs } from './site-health.ts'
import { SiteTwin } from './testing/site-twin.ts'
import { SyncServer } from './testing/sync-server.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

describe('enrolment', () => {
  it('admits a machine once per code and counts its lives', async () => {
    const first = await server.enrolled('lives')
    expect(first.incarnation).toBe(1)
    const second = await server.enrolled('lives')
    expect(second.incarnation).toBe(2)
    expect(second.siteKey).toBe(first.siteKey)
  })

  it('gives the same answer again to the same key, because answers can be lost', async () => {
    const code = await server.newCode('lost')
    const twin = new SiteTwin(server.url, server.clock)
    const [first, again] = [await twin.enrol(code), await twin.enrol(code)]
    expect(await again.json()).toEqual(await first.json())
  })

  it('refuses a code that another machine has used', async () => {
    const code = await server.newCode('used')
    await new SiteTwin(server.url, server.clock).enrol(code)
    const answer = await new SiteTwin(server.url, server.clock).enrol(code)
    expect(answer.status).toBe(409)
  })

  it('admits one of sixteen machines that race with one code', async () => {
    const code = await server.newCode('race')
    const machines = Array.from({ length: 16 }, () => new SiteTwin(server.url, server.clock))
    const answers = await Promise.all(machines.map((machine) => machine.enrol(code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('refuses a code at the last instant of its 15 minutes, and an unknown one', async () => {
    const code = await server.newCode('late')
    server.clock.advance(enrolmentCodeMaxMs)
    const twin = new SiteTwin(server.url, server.clock)
    expect((await twin.enrol(code)).status).toBe(410)
    expect((await twin.enrol('NOTACODE0000')).status).toBe(403)
  })
})

describe('a site token', () => {
  it('is refused when missing, of another key, too old, or too long-lived, and the answer tells the time', async () => {
    const twin = await server.enrolled('tokens')
    const stranger = await server.enrolled('stranger')
    const { wallMs } = server.clock.now()
    const bad = [
      '',
      await stranger.token({ kid: 'tokens' }),
      await twin.token({ issuedMs: wallMs - 120_000 }),
      await twin.token({ lifeS: 3_600 }),
      await twin.token({ incarnation: 9 }),
    ]
    for (const token of bad) {
      const answer = await twin.call('/sync/v1/handshake', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: '{}',
      })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('gatehouse-time')).toBe(String(wallMs))
    }
  })

  it('opens only the stream and the shape of its own site', async () => {
    const twin = await server.enrolled('own')
    const other = await server.enrolled('other')
    expect((await twin.call(other.streamUrl)).status).toBe(403)
    const shape = `/sync/v1/shape?table=site_directory&where=site_id='other'&offset=-1`
    expect((await twin.call(shape)).status).toBe(403)
  })
})

describe('handshake and heartbeat', () => {
  const head = { seq: 0, hash: '0'.repeat(64) }

  it('fences an older life and keeps its heartbeat out', async () => {
    const old = await server.enrolled('fenced')
    await server.enrolled('fenced')
    const answer = await old.post('/sync/v1/handshake', {
      incarnation: 1,
      head,
      epoch: 1,
      rev: 0,
      version: 't',
    })
    expect(await answer.json()).toMatchObject({ verdict: 'fenced' })
    await old.post('/sync/v1/heartbeat', heartbeat(1, head))
    const { rows } = await server.pool.query(`SELECT kind FROM exceptions WHERE site_id = 'fenced'`)
    expect(rows).toEqual([{ kind: 'clone' }])
    const acts = async () => {
      const sql = `SELECT actor_id, operator_id FROM admin_acts WHERE act = 'site.fenced' AND site_id = 'fenced'`
      return (await server.pool.query(sql)).rows
    }
    expect(await acts()).toEqual([{ actor_id: 'cloud', operator_id: 'operator' }])
    await old.post('/sync/v1/heartbeat', heartbeat(1, head))
    expect(await acts()).toHaveLength(1)
  })

  it('knows a site as online until 25 s after its last heartbeat', async () => {
    const twin = await server.enrolled('pulse')
    const isOnline = () => isSiteOnline(server.pool, 'pulse', server.clock.now().wallMs)
    expect(await isOnline()).toBe(false)
    expect((await twin.post('/sync/v1/heartbeat', heartbeat(1, head))).status).toBe(200)
    server.clock.advance(offlineAfterMs - 1)
    expect(await isOnline()).toBe(true)
    server.clock.advance(1)
    expect(await isOnline()).toBe(false)
  })

  it('answers broken and wrong bodies with 400 and 422', async () => {
    const twin = await server.enrolled('broken')
    const broken = await twin.call('/sync/v1/heartbeat', { method: 'POST', body: '{' })
    expect(broken.status).toBe(400)
    expect((await twin.post('/sync/v1/heartbeat', { incarnation: 1 })).status).toBe(422)
  })
})

function heartbeat(incarnation: number, head: { seq: number; hash: string }) {
  return {
    incarnation,
    version: 'test',
    bootId: 'boot-1',
    monotonicMs: 0,
    wallMs: server.clock.now().wallMs,
    clockQuality: 'trusted',
    waiting: 0,
    devicesDown: [],
    selling: 'all',
    directory: { epoch: 1, rev: 0 },
    sums: { head, entries: 0, bookings: {}, takings: [], sessions: { open: 0, departed: 0, voided: 0 } },
  }
}
