import { createHmac } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { canonicalJson } from '@gatehouse/shared/ledger/chain'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '../ledger/database.ts'
import { CloudTime } from './cloud-time.ts'
import { Directory } from './directory.ts'
import { DirectorySubscription } from './directory-subscription.ts'
import { syncTablesSql } from './tables.ts'

const siteId = siteIdSchema.parse('harbour-house')
const siteKey = Buffer.alloc(32, 9).toString('base64url')
const identity = { siteId, incarnation: 1, cloudPublicKey: 'x'.repeat(43), siteKey }
const schema = {
  site_id: { type: 'text', pk_index: 0 },
  kind: { type: 'text', pk_index: 1 },
  key: { type: 'text', pk_index: 2 },
  epoch: { type: 'int4' },
  rev: { type: 'int8' },
  body: { type: 'jsonb' },
  digest: { type: 'text' },
}

interface Answer {
  readonly status?: number
  readonly handle: string
  readonly offset: string
  readonly messages: readonly unknown[]
}

function message(rev: number, key: string, digestOf = rev) {
  const body = { kind: 'card', digest: `d-${key}`, memberId: 'm-1', revoked: false }
  const text = canonicalJson([siteId, 1, digestOf, 'credential', key, body])
  const digest = createHmac('sha256', Buffer.from(siteKey, 'base64url')).update(text).digest('hex')
  const value = {
    site_id: siteId,
    kind: 'credential',
    key,
    epoch: '1',
    rev: String(rev),
    body: JSON.stringify(body),
    digest,
  }
  return { key: `"site_directory"/"${key}"`, value, headers: { operation: 'insert' } }
}
const upToDate = { headers: { control: 'up-to-date' } }

let server: Server | undefined
let subscription: DirectorySubscription | undefined

afterEach(() => {
  subscription?.stop()
  server?.closeAllConnections()
  server?.close()
})

/** Serves scripted answers of the shape protocol, one per request; afterwards requests are left hanging. */
async function follow(answers: readonly Answer[], directory: Directory) {
  const asked: string[] = []
  const waiting = [...answers]
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const next = waiting.shift()
    if (!next) return
    response.writeHead(next.status ?? 200, {
      'content-type': 'application/json',
      'electric-handle': next.handle,
      'electric-offset': next.offset,
      'electric-schema': JSON.stringify(schema),
      // As Electric does: the cursor that tells cached answers apart comes with live answers only.
      ...(request.url?.includes('live=true') && { 'electric-cursor': String(asked.length) }),
      ...(next.messages.includes(upToDate) && { 'electric-up-to-date': '' }),
    })
    response.end(JSON.stringify(next.messages))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  const refused: string[] = []
  const clock = new ManualClock(1_800_000_000_000)
  subscription = new DirectorySubscription({
    directory,
    identity,
    client: {
      cloudUrl: `http://127.0.0.1:${port}`,
      token: async () => 'token',
      cloudTime: new CloudTime(clock),
    },
    onReachable: () => {},
    onRefused: (reason, key) => refused.push(`${reason} ${key}`),
    onFailure: () => {},
  })
  subscription.start()
  return { asked, refused }
}

function emptyDirectory(): Directory {
  const folder = mkdtempSync(join(tmpdir(), 'shape-'))
  const db = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  db.exec(syncTablesSql)
  return new Directory(db, siteId)
}

const keys = (directory: Directory) => [...directory.all('credential').keys()]

describe('directory subscription', () => {
  test('applies rows when the shape is up to date, and stores where to go on', async () => {
    const directory = emptyDirectory()
    const { asked } = await follow(
      [{ handle: 'h-1', offset: '2_0', messages: [message(1, 'a'), message(2, 'b'), upToDate] }],
      directory,
    )
    await vi.waitFor(() => expect(keys(directory)).toEqual(['a', 'b']))
    expect(directory.position()).toEqual({ epoch: 1, rev: 2, handle: 'h-1', offset: '2_0' })
    expect(asked[0]).toContain(`where=site_id%3D%27${siteId}%27`)
  })

  test('refuses a row whose digest was made for another position, and applies the others', async () => {
    const directory = emptyDirectory()
    const { refused } = await follow(
      [{ handle: 'h-1', offset: '2_0', messages: [message(1, 'a'), message(2, 'forged', 7), upToDate] }],
      directory,
    )
    await vi.waitFor(() => expect(keys(directory)).toEqual(['a']))
    expect(refused).toEqual(['wrong_digest credential/forged'])
  })

  test('refuses a row with a position it has already passed', async () => {
    const directory = emptyDirectory()
    directory.apply([], { epoch: 1, rev: 5, handle: 'h-1', offset: '5_0' }, true)
    const { refused } = await follow(
      [{ handle: 'h-1', offset: '6_0', messages: [message(4, 'old'), message(6, 'new'), upToDate] }],
      directory,
    )
    await vi.waitFor(() => expect(keys(directory)).toEqual(['new']))
    expect(refused).toEqual(['older_position credential/old'])
  })

  test('keeps the old copy in force while a refetch is incomplete, then swaps it whole', async () => {
    const directory = emptyDirectory()
    const { asked } = await follow(
      [
        { handle: 'h-1', offset: '2_0', messages: [message(1, 'a'), message(2, 'b'), upToDate] },
        { status: 409, handle: 'h-2', offset: '-1', messages: [{ headers: { control: 'must-refetch' } }] },
        { handle: 'h-2', offset: '3_0', messages: [message(3, 'c')] },
        { handle: 'h-2', offset: '4_0', messages: [message(4, 'd'), upToDate] },
      ],
      directory,
    )
    const seen: string[] = []
    directory.onChange(() => seen.push(keys(directory).join()))
    await vi.waitFor(() => expect(keys(directory)).toEqual(['c', 'd']))
    expect(seen.filter((names) => names === '' || names === 'c')).toEqual([])
    expect(asked.length).toBeGreaterThanOrEqual(4)
  })
})
