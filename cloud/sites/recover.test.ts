import { type RecoverRequest, recoverAnswerSchema } from '@gatehouse/shared/wire/v1/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { decideRecovery, type RecoveryDecision, type RecoveryFacts } from './decide-recovery.ts'
import { createEnrolmentCode } from './enrolment.ts'
import { offlineAfterMs, readSiteHealth } from './site-health.ts'
import { confirmed, held, sensed } from './testing/events.ts'
import { SiteTwin } from './testing/site-twin.ts'
import { SyncServer } from './testing/sync-server.ts'

const facts: RecoveryFacts = {
  ...{ incarnation: 2, currentIncarnation: 2, before: 'none', machine: 'same', otherHolder: false },
}

describe('a call for the next life', () => {
  const cells: readonly (readonly [string, Partial<RecoveryFacts>, RecoveryDecision])[] = [
    ['is granted to the same machine alone', {}, { kind: 'give' }],
    ['waits on other hardware', { machine: 'other' }, { kind: 'waiting', why: 'other_machine' }],
    ['waits on unknown hardware', { machine: 'unknown' }, { kind: 'waiting', why: 'unknown_machine' }],
    ['waits beside another holder', { otherHolder: true }, { kind: 'waiting', why: 'other_holder' }],
    ['waits in an older life', { currentIncarnation: 3 }, { kind: 'waiting', why: 'older_life' }],
    ['is granted once a person allowed it', { before: 'allowed', machine: 'other' }, { kind: 'give' }],
    ['stays refused', { before: 'refused' }, { kind: 'refused' }],
    [
      'gets the same life again while nothing was told under it',
      { before: 'granted', currentIncarnation: 3, granted: { incarnation: 3, isUsed: false } },
      { kind: 'again', incarnation: 3 },
    ],
    [
      'waits when the life that it was given has begun',
      { before: 'granted', currentIncarnation: 3, granted: { incarnation: 3, isUsed: true } },
      { kind: 'waiting', why: 'older_life' },
    ],
    [
      'waits when another life came after the one that it was given',
      { before: 'granted', currentIncarnation: 4, granted: { incarnation: 3, isUsed: false } },
      { kind: 'waiting', why: 'older_life' },
    ],
  ]
  it.each(cells)('%s', (_what, change, expected) => {
    expect(decideRecovery({ ...facts, ...change })).toEqual(expected)
  })
})

const box = 'b'.repeat(64)
let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

async function ask(twin: SiteTwin, change: Partial<RecoverRequest> = {}) {
  const { incarnation, head } = twin
  const body = { incarnation, head, bootId: 'boot', machine: 'test', machineMark: box, ...change }
  return recoverAnswerSchema.parse(await (await twin.post('/sync/v1/recover', body)).json())
}

function beat(twin: SiteTwin, bootId: string, monotonicMs = server.clock.now().monotonicMs) {
  const { wallMs } = server.clock.now()
  const { incarnation, head } = twin
  const sums = {
    head,
    entries: head.seq,
    bookings: {},
    takings: [],
    sessions: { open: 0, departed: 0, voided: 0 },
  }
  return twin.post('/sync/v1/heartbeat', {
    ...{ incarnation, version: 'test', bootId, monotonicMs, wallMs, clockQuality: 'trusted', waiting: 0 },
    ...{ devicesDown: [], selling: 'all', directory: { epoch: 1, rev: 0 }, sums },
  })
}

async function greet(twin: SiteTwin) {
  const { incarnation, head } = twin
  await twin.post('/sync/v1/handshake', {
    ...{ incarnation, head, epoch: 0, rev: 0, version: 'test', machineMark: box },
  })
}

/** A site whose hardware is known and which has told two entries. */
async function lived(site: string) {
  const twin = await server.enrolled(site)
  await greet(twin)
  await twin.send(twin.record(held('b1', 'd1', 1, 2), confirmed('b1')))
  return twin
}

describe('an image that was put back', () => {
  it('goes on as the next life with the books of the one before, and the same answer when it was lost', async () => {
    const twin = await lived('image')
    const first = await ask(twin, { head: { seq: 1, hash: 'a'.repeat(64) } })
    expect(first).toMatchObject({
      state: 'granted',
      identity: { incarnation: 2 },
      history: [{ incarnation: 1, head: twin.head }],
    })
    expect(await ask(twin)).toEqual(first)
  })

  it('waits while another boot was heard, and gets it once that one is silent', async () => {
    const twin = await lived('silent')
    await beat(twin, 'other boot')
    expect(await ask(twin)).toEqual({ state: 'waiting', why: 'other_holder' })
    server.clock.advance(offlineAfterMs)
    expect(await ask(twin)).toMatchObject({ state: 'granted' })
    const { rows } = await server.pool.query(
      `SELECT state FROM exceptions WHERE site_id = 'silent' AND kind = 'clone'`,
    )
    expect(rows).toEqual([{ state: 'settled' }])
  })

  it('waits on other hardware and is raised once', async () => {
    const twin = await lived('copied')
    const other = { machineMark: 'c'.repeat(64) }
    expect(await ask(twin, other)).toEqual({ state: 'waiting', why: 'other_machine' })
    expect(await ask(twin, other)).toEqual({ state: 'waiting', why: 'other_machine' })
    const { rows } = await server.pool.query(
      `SELECT kind, about FROM exceptions WHERE site_id = 'copied' AND closed_ms IS NULL`,
    )
    expect(rows).toEqual([{ kind: 'clone', about: '1' }])
  })

  it('is told from two machines that call in turns', async () => {
    const twin = await lived('turns')
    const kinds = async () => {
      const { rows } = await server.pool.query(`SELECT about FROM exceptions WHERE site_id = 'turns'`)
      return rows
    }
    const inTurns = async (turns: number) => {
      for (let turn = 0; turn < turns; turn += 1) {
        for (const boot of ['one', 'two']) await beat(twin, boot)
        server.clock.advance(10_000)
      }
    }
    await inTurns(7)
    expect(await kinds()).toEqual([])
    await inTurns(1)
    expect(await kinds()).toEqual([{ about: '1:twins' }])
  })

  it('is not told from a heartbeat that the network delivers after a restart', async () => {
    const twin = await lived('restarted')
    await beat(twin, 'before', 100_000)
    server.clock.advance(20_000)
    await beat(twin, 'after', 5_000)
    await beat(twin, 'before', 110_000)
    server.clock.advance(10_000)
    await beat(twin, 'after', 15_000)
    const [health] = await readSiteHealth(server.pool, server.clock.now().wallMs, ['restarted'])
    expect(health?.heartbeat).toMatchObject({ bootId: 'after', monotonicMs: 15_000 })
    await beat(twin, 'before', 114_000)
    const [same] = await readSiteHealth(server.pool, server.clock.now().wallMs, ['restarted'])
    expect(same).toEqual(health)
    const { rows } = await server.pool.query(`SELECT FROM exceptions WHERE site_id = 'restarted'`)
    expect(rows).toEqual([])
  })
})

describe('a life that was taken over', () => {
  it('is read by the newest life alone, and nobody writes into another one', async () => {
    const old = await lived('past')
    const answer = await ask(old)
    if (answer.state !== 'granted') expect.fail(answer.state)
    const streamOf = (life: number) => `/sync/v1/stream/past/${life}`
    old.incarnation = 2
    expect(await (await old.call(`${streamOf(1)}?offset=-1`)).json()).toHaveLength(2)
    expect((await old.call(streamOf(1), { method: 'POST', body: '[]' })).status).toBe(403)
    old.incarnation = 1
    expect((await old.call(`${streamOf(2)}?offset=-1`)).status).toBe(403)
    expect((await old.call(`${streamOf(1)}?offset=-1`)).status).toBe(200)
  })

  it('still reports whom it let in; what would change the books is set aside', async () => {
    const old = await lived('late')
    await ask(old)
    const granted = {
      type: 'access.granted',
      body: { doorId: 'front', credentialId: 'c1', right: 'plan', effectId: 'e1' },
    }
    const sent = await old.send(old.record(granted, sensed('d2', true), held('b9', 'd2', 1, 2)))
    expect(sent.status).toBe(204)
    await server.projected()
    const of = async (sql: string) => (await server.pool.query(`${sql} WHERE site_id = 'late'`)).rows
    expect(await of('SELECT door_id FROM access_events')).toEqual([{ door_id: 'front' }])
    expect(await of('SELECT booking_id FROM bookings')).toEqual([{ booking_id: 'b1' }])
    expect(await of('SELECT seq, reason FROM quarantine')).toEqual([{ seq: 5, reason: 'older_life' }])
  })
})

describe('a code for a box that takes over', () => {
  const codeFor = async (twin: SiteTwin) => {
    const by = commandOrigin('test', server.clock.now().wallMs)
    const request = { siteId: twin.siteId, by, oldBox: 'broken' as const }
    return (await createEnrolmentCode(server.pool, server.random, request)).code
  }
  const enrol = (code: string, more: object) =>
    fetch(`${server.url}/sync/v1/enrol`, {
      method: 'POST',
      body: JSON.stringify({
        ...{ code, publicKey: new SiteTwin(server.url, server.clock).publicKey, machine: 'new' },
        ...more,
      }),
    })

  it('names the lives to fetch, is of no other use, and is not used up by the wrong one', async () => {
    const old = await lived('dead')
    const code = await codeFor(old)
    expect((await enrol(code, {})).status).toBe(409)
    expect((await enrol(code, { adopts: true, siteId: 'other' })).status).toBe(409)
    const answer = await enrol(code, { adopts: true, siteId: 'dead' })
    expect(await answer.json()).toMatchObject({
      incarnation: 2,
      history: [{ incarnation: 1, head: old.head }],
    })
    const plain = await server.newCode('dead')
    expect((await enrol(plain, { adopts: true })).status).toBe(409)
    const { rows } = await server.pool.query<{ record: string }>(
      `SELECT record FROM admin_acts WHERE record LIKE '%"broken"%'`,
    )
    expect(rows).toHaveLength(1)
  })
})
