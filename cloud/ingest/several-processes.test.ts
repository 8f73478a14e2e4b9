import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import { handshakeAnswerSchema } from '@gatehouse/shared/wire/v1/sync'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { cancelled, captured, confirmed, held, sensed } from '../sites/testing/events.ts'
import type { SiteTwin } from '../sites/testing/site-twin.ts'
import { SyncServer } from '../sites/testing/sync-server.ts'

let one: SyncServer
let other: SyncServer
let alone: SyncServer

beforeAll(async () => {
  one = await SyncServer.start()
  other = await SyncServer.beside(one)
  alone = await SyncServer.start()
})
afterAll(async () => {
  await other?.stop()
  await one?.stop()
  await alone?.stop()
})

const roundsMax = 30

/** A ledger with sales, money, things that contradict each other, and a type from a later release. */
function ledgerOf(twin: SiteTwin): SealedEntry[] {
  return Array.from({ length: roundsMax }, (_, round) => {
    const id = `${twin.siteId}-${round}`
    const overlaps = round % 10 === 9
    return twin.record(
      held(id, overlaps ? 'd1' : `d${round % 3}`, overlaps ? 0.5 : round, round + 1),
      confirmed(id),
      captured(`pay-${id}`, id, 1_000),
      sensed(`d${round % 3}`, round % 2 === 0),
      ...(round % 4 === 3 ? [cancelled(id)] : []),
      ...(round % 15 === 14 ? [{ type: 'later.kind', body: { round } }] : []),
    )
  }).flat()
}

/** What a site's entries came to, without the moments at which they arrived. */
async function outcome(server: SyncServer) {
  const of = async (columns: string, table: string) =>
    (await server.pool.query(`SELECT ${columns} FROM ${table} ORDER BY 1, 2, 3`)).rows
  return {
    entries: await of('site_id, incarnation, seq, hash', 'ledger_entries'),
    heads: await of('site_id, incarnation, head_seq, head_hash', 'streams'),
    positions: await of('site_id, incarnation, seq', 'projection_positions'),
    bookings: await of('site_id, booking_id, status, seq, paid_minor', 'bookings'),
    payments: await of('site_id, payment_id, amount_minor, seq', 'payments'),
    spaces: await of('site_id, space_id, occupied, seq', 'space_states'),
    aside: await of('site_id, incarnation, seq, reason', 'quarantine'),
    cases: await of('site_id, kind, about', 'exceptions'),
  }
}

async function untilProjected(server: SyncServer): Promise<void> {
  await vi.waitFor(async () => {
    const { rowCount } = await server.pool.query(
      `SELECT FROM streams s LEFT JOIN projection_positions p USING (site_id, incarnation)
       WHERE s.head_seq > coalesce(p.seq, 0)`,
    )
    expect(rowCount).toBe(0)
  }, 30_000)
}

/** Sends one batch to both processes at once, as a site does whose answer was lost on the way. */
async function sendToBoth(twin: SiteTwin, batch: readonly SealedEntry[]): Promise<void> {
  const body = `[${batch.map(({ text }) => text).join(',')}]`
  const headers = { 'content-type': 'application/json' }
  const path = `/sync/v1/stream/${twin.siteId}/${twin.incarnation}`
  const urls = [one.url, other.url]
  const answers = await Promise.all(
    urls.map((url) => twin.call(url + path, { method: 'POST', headers, body })),
  )
  expect(answers.map(({ status }) => status)).toEqual([204, 204])
}

describe('two processes over one database', () => {
  it('come to the same rows, cases and heads as one alone, whatever arrives at which and however often', async () => {
    const sites = ['s1', 's2', 's3', 's4']
    const twins = await Promise.all(sites.map((site) => one.enrolled(site)))
    await Promise.all(
      twins.map(async (twin) => {
        const entries = ledgerOf(twin)
        for (let at = 0; at < entries.length; at += 7) await sendToBoth(twin, entries.slice(at, at + 7))
        const again = await alone.enrolled(twin.siteId)
        expect((await again.send(entries)).status).toBe(204)
      }),
    )
    await Promise.all([untilProjected(one), untilProjected(alone)])
    const both = await outcome(one)
    expect(both).toEqual(await outcome(alone))
    expect(both.entries.length).toBeGreaterThan(500)
    expect(both.aside.length).toBeGreaterThan(sites.length)
  })
})

describe('fifty sites that come back at once', () => {
  it('are all answered, at both processes, and every entry arrives once', async () => {
    const twins: SiteTwin[] = []
    for (let site = 0; site < 50; site += 1) twins.push(await one.enrolled(`storm-${site}`))
    await Promise.all(
      twins.map(async (twin, at) => {
        const url = at % 2 === 0 ? one.url : other.url
        const { incarnation } = twin
        const request = { incarnation, head: twin.head, epoch: 0, rev: 0, version: 'test' }
        const greeted = await twin.call(`${url}/sync/v1/handshake`, {
          method: 'POST',
          body: JSON.stringify(request),
        })
        const { verdict } = handshakeAnswerSchema.parse(await greeted.json())
        const sent = await twin.call(`${url}/sync/v1/stream/${twin.siteId}/${incarnation}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: `[${twin
            .record(...Array.from({ length: 20 }, (_, n) => sensed(`d${n}`, true)))
            .map(({ text }) => text)
            .join(',')}]`,
        })
        expect([verdict, sent.status]).toEqual(['continue', 204])
      }),
    )
    await untilProjected(one)
    const { rows } = await one.pool.query<{ entries: number; sites: number }>(
      `SELECT count(*) AS entries, count(DISTINCT site_id) AS sites FROM ledger_entries WHERE site_id LIKE 'storm-%'`,
    )
    expect(rows).toEqual([{ entries: 1_000, sites: 50 }])
    expect([...one.failures, ...other.failures]).toEqual([])
  })
})
