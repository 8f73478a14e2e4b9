import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import { handshakeAnswerSchema } from '@gatehouse/shared/wire/v1/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandOrigin } from '../audit/act.ts'
import { inTransaction } from '../database/pool.ts'
import { putRows } from '../directory/put-rows.ts'
import { currentEpoch, renewEpoch } from './epoch.ts'
import { sensed } from './testing/events.ts'
import type { SiteTwin } from './testing/site-twin.ts'
import { SyncServer } from './testing/sync-server.ts'

let server: SyncServer
beforeAll(async () => {
  server = await SyncServer.start()
})
afterAll(() => server.stop())

interface Told {
  readonly head?: ChainHead
  readonly epoch?: number
  readonly rev?: number
  readonly acknowledged?: ChainHead & { readonly epoch: number }
  readonly contradicts?: ChainHead
  readonly pruned?: ChainHead
}

async function greet(twin: SiteTwin, told: Told = {}) {
  const { incarnation, head } = twin
  const answer = await twin.post('/sync/v1/handshake', {
    ...{ incarnation, head, epoch: 0, rev: 0, version: 'test' },
    ...told,
  })
  return handshakeAnswerSchema.parse(await answer.json())
}

async function states(site: string) {
  const { rows } = await server.pool.query(
    'SELECT incarnation, state, edge_seq, cloud_seq FROM site_sync WHERE site_id = $1 ORDER BY 1',
    [site],
  )
  return rows
}

async function openCases(site: string): Promise<readonly string[]> {
  const { rows } = await server.pool.query<{ kind: string }>(
    'SELECT kind FROM exceptions WHERE site_id = $1 AND closed_ms IS NULL ORDER BY kind',
    [site],
  )
  return rows.map(({ kind }) => kind)
}

/** A site with one directory row and three acknowledged entries. */
async function settled(site: string) {
  const twin = await server.enrolled(site)
  const row = { kind: 'request', key: 'none', body: null } as const
  const { epoch, rev } = await inTransaction(server.pool, (tx) => putRows(tx, twin.siteId, [row]))
  const sent = twin.record(sensed('d1', true), sensed('d1', false), sensed('d1', true))
  await twin.send(sent)
  return { twin, epoch, rev, sent }
}

describe('the outcome of a handshake', () => {
  it('is kept for HQ with the moment since which it is so', async () => {
    const { twin } = await settled('kept')
    await greet(twin)
    expect(await states('kept')).toEqual([{ incarnation: 1, state: 'in_step', edge_seq: 3, cloud_seq: 3 }])
    twin.record(sensed('d1', false))
    expect((await greet(twin)).verdict).toBe('continue')
    expect(await states('kept')).toMatchObject([{ state: 'edge_ahead', edge_seq: 4 }])
  })

  it('calls a person when the edge saw that the histories part, whatever it holds beyond', async () => {
    const { twin, sent } = await settled('parted')
    const other = twin.sealAfter({ seq: 2, hash: sent[1]?.hash ?? '' }, 'space.sensed', {
      spaceId: 'x',
      occupied: true,
    })
    const contradicts = { seq: 3, hash: other.hash }
    const ahead = { seq: 9, hash: 'f'.repeat(64) }
    expect((await greet(twin, { head: ahead, contradicts })).verdict).toBe('fork')
    expect(await openCases('parted')).toEqual(['chain_fork'])
  })

  it('calls a person when the site pruned what this cloud has not, and settles that when the cloud has it again', async () => {
    const { twin } = await settled('pruned')
    const head = { seq: 90, hash: 'f'.repeat(64) }
    const answer = await greet(twin, { head, pruned: { seq: 60, hash: 'e'.repeat(64) } })
    expect(answer).toMatchObject({ verdict: 'continue', head: { seq: 3 } })
    expect(await states('pruned')).toMatchObject([{ state: 'history_gone', cloud_seq: 3 }])
    expect(await openCases('pruned')).toEqual(['history_gone'])
    await greet(twin)
    expect(await openCases('pruned')).toEqual([])
  })

  it('is a fork when the last pruned entry is another one here', async () => {
    const { twin } = await settled('pruned-fork')
    const head = { seq: 90, hash: 'f'.repeat(64) }
    expect((await greet(twin, { head, pruned: { seq: 2, hash: 'e'.repeat(64) } })).verdict).toBe('fork')
    expect(await openCases('pruned-fork')).toEqual(['chain_fork'])
  })

  it('fences the older of two lives, which may still report', async () => {
    const { twin } = await settled('replaced')
    await server.enrolled('replaced')
    expect((await greet(twin)).verdict).toBe('fenced')
    expect(await states('replaced')).toMatchObject([{ incarnation: 1, state: 'older_life' }])
    expect((await twin.send(twin.record(sensed('d2', true)))).status).toBe(204)
  })
})

describe('a new epoch by what a site remembers', () => {
  it('begins when the cloud has not what it acknowledged, and only once for any number of sites', async () => {
    const { twin, epoch, rev } = await settled('memory')
    const more = { seq: 7, hash: 'd'.repeat(64) }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        greet(twin, { head: more, acknowledged: { ...more, epoch }, epoch, rev }),
      ),
    )
    expect(new Set(answers.map((answer) => answer.epoch))).toEqual(new Set([epoch + 1]))
    expect(answers.every(({ verdict }) => verdict === 'continue')).toBe(true)
    const { rows } = await server.pool.query('SELECT epoch FROM site_directory WHERE site_id = $1', [
      'memory',
    ])
    expect(rows).toEqual([{ epoch: epoch + 1 }])
  })

  it('is later than any epoch that a site has seen', async () => {
    const { twin } = await settled('ahead')
    const before = await currentEpoch(server.pool)
    expect((await greet(twin, { epoch: before + 4, rev: 1 })).epoch).toBe(before + 5)
  })

  it('does not begin for a site that remembers what is here, nor at the word of a life that was replaced', async () => {
    const { twin, epoch, rev } = await settled('same')
    expect((await greet(twin, { epoch, rev, acknowledged: { ...twin.head, epoch } })).epoch).toBe(epoch)
    await server.enrolled('same')
    const more = { seq: 7, hash: 'd'.repeat(64) }
    const answer = await greet(twin, { head: more, epoch, rev, acknowledged: { ...more, epoch } })
    expect(answer).toMatchObject({ epoch, verdict: 'fenced' })
  })

  it('begins once at the word of a person, and names who it was', async () => {
    const ends = await currentEpoch(server.pool)
    const by = commandOrigin('restored', server.clock.now().wallMs)
    const renew = () =>
      inTransaction(server.pool, (tx) => renewEpoch(tx, { reason: 'said_by_person', ends, by }))
    expect(await Promise.all([renew(), renew()])).toEqual([ends + 1, ends + 1])
    const { rows } = await server.pool.query<{ record: string }>(
      'SELECT record FROM admin_acts ORDER BY seq DESC LIMIT 1',
    )
    expect(JSON.parse(rows[0]?.record ?? '{}')).toMatchObject({
      act: 'epoch.renewed',
      actor: { kind: 'command', id: 'restored' },
      after: { reason: 'said_by_person' },
    })
  })
})
