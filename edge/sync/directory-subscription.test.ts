import { createHmac } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { siteIdSchema } from '@gatehouse/shared/ids/ids'
import { canonicalJson } from '@gatehouse/shared/ledger/chain'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDatabase, type SiteDatabase } from '../ledger/database.ts'
import { CloudTime } from './cloud-time.ts'
import { Directory } from './directory.ts'
import { DirectorySubscription } from './directory-subscription.ts'
import { syncTablesSql } from './tables.ts'

const siteId = siteIdSchema.parse('harbour')
const siteKey = Buffer.alloc(32, 7).toString('base64url')
const schema = JSON.stringify({
  ...{ site_id: { type: 'text' }, kind: { type: 'text' }, key: { type: 'text' }, digest: { type: 'text' } },
  ...{ epoch: { type: 'int4' }, rev: { type: 'int8' }, body: { type: 'jsonb' } },
})

interface Answer {
  readonly status?: number
  readonly handle: string
  readonly offset: string
  readonly messages: readonly object[]
  readonly headers?: Readonly<Record<string, string>>
}

/** A shape that says what the test wrote down, one answer per request, and then nothing more. */
class ScriptedShape {
  readonly #answers: Answer[] = []
  readonly #waiting: (() => void)[] = []
  readonly #server: Server
  url = ''
  /** Calls that were made, and what the last one asked for. */
  asked = 0
  last: URLSearchParams | undefined

  constructor() {
    this.#server = createServer((request, response) => {
      if (request.url === '/other') return void response.end()
      this.asked += 1
      this.last = new URL(request.url ?? '', 'http://shape').searchParams
      const isLive = this.last.get('live') === 'true'
      const send = () => {
        const answer = this.#answers.shift()
        if (!answer) return void this.#waiting.push(send)
        response.writeHead(answer.status ?? 200, {
          ...{ 'content-type': 'application/json', 'electric-handle': answer.handle },
          ...{ 'electric-offset': answer.offset, 'electric-up-to-date': '' },
          ...(isLive ? { 'electric-cursor': answer.offset } : { 'electric-schema': schema }),
          ...answer.headers,
        })
        response.end(JSON.stringify(answer.messages))
      }
      send()
    })
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    this.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  }

  say(answer: Answer): void {
    this.#answers.push(answer)
    this.#waiting.shift()?.()
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

const upToDate = { headers: { control: 'up-to-date' } }

function door(
  key: string,
  rev: number,
  more: { readonly epoch?: number; readonly digest?: string; readonly kind?: string } = {},
) {
  const kind = more.kind ?? 'door'
  const epoch = more.epoch ?? 1
  const body = { name: key, levelId: 'l', public: true, readerDeviceId: 'r', strikeDeviceId: 's' }
  const full = { ...body, pulseMs: 3_000, at: { x: 0, y: 0 } }
  const text = canonicalJson([siteId, epoch, rev, kind, key, full])
  const digest = createHmac('sha256', Buffer.from(siteKey, 'base64url')).update(text).digest('hex')
  const value = { site_id: siteId, kind, key, epoch: String(epoch), rev: String(rev) }
  return {
    key: `"public"."site_directory"/"${key}"`,
    value: { ...value, body: JSON.stringify(full), digest: more.digest ?? digest },
    headers: { operation: 'insert', relation: ['public', 'site_directory'] },
  }
}

let shape: ScriptedShape
let db: SiteDatabase
let directory: Directory
let subscription: DirectorySubscription
let refused: string[]
let olderCopies: number
let failures: unknown[]
let cloudTime: CloudTime
let retryMs: (attempt: number) => number
const doors = () => [...directory.all('door').keys()].sort()

beforeEach(async () => {
  shape = new ScriptedShape()
  await shape.open()
  db = openDatabase({
    path: join(mkdtempSync(join(tmpdir(), 'directory-')), 'site.sqlite'),
    locking: 'exclusive',
  })
  db.exec(syncTablesSql)
  directory = new Directory(db, siteId)
  refused = []
  olderCopies = 0
  failures = []
  retryMs = () => 1
  cloudTime = new CloudTime(new ManualClock(0))
  subscription = new DirectorySubscription({
    directory,
    identity: { siteId, incarnation: 1, cloudPublicKey: '', siteKey },
    client: { cloudUrl: shape.url, token: async () => 'token', cloudTime },
    onReachable: () => {},
    onRefused: (reason, key) => refused.push(`${reason} ${key}`),
    onOlderCopy: () => {
      olderCopies += 1
    },
    onFailure: (error) => failures.push(error),
    retryMs: (attempt) => retryMs(attempt),
  })
  subscription.start()
})
afterEach(() => {
  subscription.stop()
  shape.close()
  db.close()
})

describe('what comes down', () => {
  test('is refused with a wrong digest; its neighbours count', async () => {
    const forged = door('vault', 2, { digest: '0'.repeat(64) })
    shape.say({ handle: 'h1', offset: '2_0', messages: [door('main', 1), forged, upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['main']))
    expect(refused).toEqual(['wrong_digest door/vault'])
    expect([...directory.refused.values()]).toEqual([{ kind: 'door', key: 'vault', code: 'wrong_digest' }])
  })

  describe('with a wrong digest', () => {
    const forged = door('vault', 3, { digest: '0'.repeat(64) })

    beforeEach(async () => {
      shape.say({ handle: 'h1', offset: '2_0', messages: [door('main', 1), door('vault', 2), upToDate] })
      await vi.waitFor(() => expect(doors()).toEqual(['main', 'vault']))
      shape.say({ handle: 'h1', offset: '4_0', messages: [forged, door('yard', 4), upToDate] })
      await vi.waitFor(() => expect(doors()).toEqual(['main', 'vault', 'yard']))
      await vi.waitFor(() => expect(shape.last?.get('offset')).toBe('-1'))
    })

    test('is fetched once more with the whole copy, and loses nothing', async () => {
      const whole = [door('main', 1), door('vault', 3), door('yard', 4), upToDate]
      shape.say({ handle: 'h1', offset: '4_0', messages: whole })
      await vi.waitFor(() =>
        expect(directory.position()).toMatchObject({ rev: 4, handle: 'h1', offset: '4_0' }),
      )
      expect(directory.applied({ kind: 'door', key: 'vault' })?.rev).toBe(3)
      expect([...directory.refused]).toEqual([])
      expect(refused).toEqual(['wrong_digest door/vault'])
    })

    test('keeps its earlier state where the whole copy has it wrong too, and is not fetched again', async () => {
      shape.say({
        handle: 'h1',
        offset: '4_0',
        messages: [door('main', 1), forged, door('yard', 4), upToDate],
      })
      await vi.waitFor(() => expect(directory.position()).toMatchObject({ rev: 4, offset: '4_0' }))
      expect(doors()).toEqual(['main', 'vault', 'yard'])
      expect(directory.applied({ kind: 'door', key: 'vault' })?.rev).toBe(2)
      expect([...directory.refused.keys()]).toEqual(['door/vault'])
      await vi.waitFor(() => expect(shape.last?.get('offset')).toBe('4_0'))
      shape.say({ handle: 'h1', offset: '5_0', messages: [door('vault', 5), upToDate] })
      await vi.waitFor(() => expect(directory.applied({ kind: 'door', key: 'vault' })?.rev).toBe(5))
      expect([...directory.refused]).toEqual([])
    })

    test('is fetched once more also by a program that starts meanwhile', () => {
      expect(new Directory(db, siteId).position()).toMatchObject({ epoch: 1, rev: 4, offset: '-1' })
    })
  })

  test('of an unknown kind is kept and reported, and its neighbours count', async () => {
    const later = door('beam', 2, { kind: 'hologram' })
    shape.say({ handle: 'h1', offset: '3_0', messages: [door('main', 1), later, door('yard', 3), upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['main', 'yard']))
    expect([...directory.unreadable.keys()]).toEqual(['hologram/beam'])
    expect(db.prepare('SELECT key FROM directory ORDER BY key').pluck().all()).toEqual([
      'beam',
      'main',
      'yard',
    ])
    expect(refused).toEqual([])
    expect(new Directory(db, siteId).unreadable.has('hologram/beam')).toBe(true)
  })

  test('is refused when it is older than what is known', async () => {
    shape.say({ handle: 'h1', offset: '5_0', messages: [door('main', 5), upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['main']))
    shape.say({ handle: 'h1', offset: '6_0', messages: [door('yard', 4), door('hall', 6), upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['hall', 'main']))
    expect(refused).toEqual(['older_position door/yard'])
    expect(directory.position()).toMatchObject({ epoch: 1, rev: 6, handle: 'h1', offset: '6_0' })
  })

  test('is told as refused once, though the store could not take what came with it', async () => {
    shape.say({ handle: 'h1', offset: '5_0', messages: [door('main', 5), upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['main']))
    vi.spyOn(directory, 'apply').mockImplementationOnce(() => {
      throw new RangeError('no room')
    })
    shape.say({ handle: 'h1', offset: '6_0', messages: [door('yard', 4), door('hall', 6), upToDate] })
    await vi.waitFor(() => expect(failures).toHaveLength(1))
    shape.say({ handle: 'h1', offset: '6_0', messages: [upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['hall', 'main']))
    expect(refused).toEqual(['older_position door/yard'])
    expect([...directory.refused.keys()]).toEqual(['door/yard'])
  })

  test('is swapped whole after a refetch, and never empty before', async () => {
    shape.say({ handle: 'h1', offset: '2_0', messages: [door('main', 1), door('yard', 2), upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['main', 'yard']))
    const seen: string[][] = []
    directory.onChange(() => seen.push(doors()))
    const mustRefetch = { headers: { control: 'must-refetch' } }
    shape.say({ status: 409, handle: 'h2', offset: '-1', messages: [mustRefetch] })
    shape.say({ handle: 'h2', offset: '1_0', messages: [door('hall', 1, { epoch: 2 }), upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['hall']))
    expect(seen).toEqual([['hall']])
    expect(new Directory(db, siteId).get('door', 'hall')?.name).toBe('hall')
    expect(directory.position()).toMatchObject({ epoch: 2, rev: 1, handle: 'h2' })
  })
})

describe('a whole copy that is older than what was told', () => {
  const mustRefetch = { status: 409, offset: '-1', messages: [{ headers: { control: 'must-refetch' } }] }
  const revoked = door('revoked', 3)

  beforeEach(async () => {
    shape.say({
      handle: 'h1',
      offset: '3_0',
      messages: [door('main', 1), door('yard', 2), revoked, upToDate],
    })
    await vi.waitFor(() => expect(doors()).toEqual(['main', 'revoked', 'yard']))
    shape.say({ ...mustRefetch, handle: 'h2' })
  })

  test('is refused, proves nothing away, and makes way for the copy of the next epoch', async () => {
    shape.say({ handle: 'h2', offset: '2_0', messages: [door('main', 1), door('yard', 2), upToDate] })
    await vi.waitFor(() => expect(olderCopies).toBe(1))
    expect(refused).toEqual(['older_position directory/1.2'])
    expect(new Directory(db, siteId).position()).toMatchObject({ epoch: 1, rev: 3, handle: 'h1' })
    expect(new Directory(db, siteId).get('door', 'revoked')).toBeDefined()
    shape.say({ ...mustRefetch, handle: 'h3' })
    shape.say({ handle: 'h3', offset: '2_0', messages: [door('main', 2, { epoch: 2 }), upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['main']))
    expect(directory.position()).toMatchObject({ epoch: 2, rev: 2, handle: 'h3' })
  })

  test('is refused also when it is of an earlier epoch, or empty', async () => {
    shape.say({ handle: 'h2', offset: '9_0', messages: [door('main', 9, { epoch: 0 }), upToDate] })
    await vi.waitFor(() => expect(olderCopies).toBe(1))
    shape.say({ ...mustRefetch, handle: 'h3' })
    shape.say({ handle: 'h3', offset: '0_0', messages: [upToDate] })
    await vi.waitFor(() => expect(olderCopies).toBe(2))
    expect(doors()).toEqual(['main', 'revoked', 'yard'])
  })

  test('counts once the cloud has come past it', async () => {
    shape.say({ handle: 'h2', offset: '2_0', messages: [door('main', 1), upToDate] })
    await vi.waitFor(() => expect(olderCopies).toBe(1))
    shape.say({ handle: 'h2', offset: '3_0', messages: [door('hall', 3), upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['hall', 'main']))
    expect(directory.position()).toMatchObject({ epoch: 1, rev: 3, handle: 'h2' })
  })

  test('is told apart by where the shape stands, not by rows that may have been refused', async () => {
    const forged = door('revoked', 3, { digest: '0'.repeat(64) })
    shape.say({ handle: 'h2', offset: '3_0', messages: [door('main', 1), forged, upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['main', 'revoked']))
    expect(refused).toEqual(['wrong_digest door/revoked'])
    expect(olderCopies).toBe(0)
    expect(directory.position()).toMatchObject({ epoch: 1, rev: 3 })
  })
})

describe('a call that the cloud refuses', () => {
  const refusal = { status: 401, handle: '', offset: '', messages: [] }

  test('is not made again before its time', async () => {
    retryMs = () => 3_600_000
    shape.say(refusal)
    await vi.waitFor(() => expect(failures).toHaveLength(1))
    for (let turn = 0; turn < 20; turn += 1) await (await fetch(`${shape.url}/other`)).arrayBuffer()
    expect(shape.asked).toBe(1)
  })

  test('is made again later and later, until it is answered', async () => {
    const attempts: number[] = []
    retryMs = (attempt) => attempts.push(attempt)
    for (let times = 0; times < 3; times += 1) shape.say(refusal)
    shape.say({ handle: 'h1', offset: '1_0', messages: [door('main', 1), upToDate] })
    await vi.waitFor(() => expect(doors()).toEqual(['main']))
    shape.say(refusal)
    await vi.waitFor(() => expect(failures).toHaveLength(4))
    expect(attempts).toEqual([0, 1, 2, 0])
  })

  test('tells the time of the cloud, by which the next token is dated', async () => {
    shape.say({ ...refusal, headers: { 'gatehouse-time': '86400000' } })
    await vi.waitFor(() => expect(failures).toHaveLength(1))
    expect(cloudTime.skewMs).toBe(86_400_000)
  })
})
