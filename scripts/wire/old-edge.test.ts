import { inTransaction } from '@gatehouse/cloud/database/pool'
import { putRows } from '@gatehouse/cloud/directory/put-rows'
import { SyncServer } from '@gatehouse/cloud/sites/testing/sync-server'
import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goldenSamples, readPreviousWire } from './previous-wire.ts'

/** An edge of the release before calls today's cloud: what it sends is in the golden samples, what it reads is frozen. */
const { messages, frames, directory, entries } = readPreviousWire()
const golden = { ...goldenSamples('sync') } as Readonly<Record<string, Readonly<Record<string, unknown>>>>

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server?.stop())

const readAs = (message: string, answer: unknown) => messages.get(message)?.safeParse(answer).success

/** Golden entries that the release before writes, with one of a kind that no release knows in the middle. */
function recordGolden(record: (event: { type: string; body: object }) => SealedEntry[]): SealedEntry[] {
  const known = Object.entries(goldenSamples('entries')).filter(([type]) => entries.has(type))
  const events = known.map(([type, body]) => ({ type, body: body as object }))
  events.splice(events.length / 2, 0, { type: 'hologram.shown', body: { beam: [1, { deep: 'é' }] } })
  return events.flatMap(record)
}

describe('an edge of the release before', () => {
  it('enrols, shakes hands and reports, and reads every answer', async () => {
    const code = await server.newCode('greets')
    const { publicKey, machine } = golden.enrolRequest ?? {}
    const answer = await fetch(`${server.url}/sync/v1/enrol`, {
      method: 'POST',
      body: JSON.stringify({ code, publicKey, machine }),
    })
    expect([answer.status, readAs('enrolAnswer', await answer.json())]).toEqual([200, true])
    const twin = await server.enrolled('reports')
    const incarnation = { incarnation: twin.incarnation }
    const shaken = await twin.post('/sync/v1/handshake', {
      ...{ ...golden.handshakeRequest, ...incarnation, head: twin.head, epoch: 0, rev: 0 },
    })
    const handshake = await shaken.json()
    expect([readAs('handshakeAnswer', handshake), handshake]).toMatchObject([true, { verdict: 'continue' }])
    const heard = await twin.post('/sync/v1/heartbeat', { ...golden.heartbeat, ...incarnation })
    expect([heard.status, readAs('heartbeatAnswer', await heard.json())]).toEqual([200, true])
  })

  it('has every entry kept byte for byte; only the kind that nobody knows is set aside, and those behind it go on', async () => {
    const twin = await server.enrolled('sends')
    const sent = recordGolden((event) => twin.record(event))
    const answer = await twin.send(sent)
    expect(answer.headers.get('gatehouse-head')).toBe(`${twin.head.seq}:${twin.head.hash}`)
    await server.projected()
    const { rows: kept } = await server.pool.query<{ entry: string }>(
      'SELECT entry FROM ledger_entries WHERE site_id = $1 ORDER BY seq',
      ['sends'],
    )
    expect(kept.map(({ entry }) => entry)).toEqual(sent.map(({ text }) => text))
    const { rows: aside } = await server.pool.query<{ type: string }>(
      `SELECT entry::jsonb ->> 'type' AS type FROM quarantine WHERE site_id = $1 AND reason = 'unknown_type_or_body'`,
      ['sends'],
    )
    expect(aside).toEqual([{ type: 'hologram.shown' }])
    const { rows: positions } = await server.pool.query(
      'SELECT seq FROM projection_positions WHERE site_id = $1',
      ['sends'],
    )
    expect(positions).toEqual([{ seq: twin.head.seq }])
  })

  it('reads its directory, and what it does not know of it is a whole row that it can set aside', async () => {
    const twin = await server.enrolled('reads')
    const writes = Object.entries(goldenSamples('directory')).map(([kind, body]) => ({
      ...{ kind, key: `golden-${kind}`, body },
    }))
    await inTransaction(server.pool, (tx) =>
      putRows(tx, twin.siteId, writes as Parameters<typeof putRows>[2]),
    )
    const where = encodeURIComponent(`site_id='${twin.siteId}'`)
    const answer = await twin.call(`/sync/v1/shape?table=site_directory&where=${where}&offset=-1`)
    const found = (await answer.json()) as { value?: Record<'kind' | 'body' | 'epoch' | 'rev', string> }[]
    const rows = found.flatMap(({ value }) => (value ? [value] : []))
    expect(rows.map(({ kind }) => kind).sort()).toEqual(writes.map(({ kind }) => kind).sort())
    for (const row of rows) {
      const body: unknown = JSON.parse(row.body)
      // Numbers travel as text; the stock client reads them by the schema in the answer's header.
      const frame = { ...row, body, epoch: Number(row.epoch), rev: Number(row.rev) }
      expect([row.kind, frames.get('directoryRow')?.safeParse(frame).success]).toEqual([row.kind, true])
      expect([row.kind, directory.get(row.kind)?.safeParse(body).success ?? true]).toEqual([row.kind, true])
    }
  })
})
