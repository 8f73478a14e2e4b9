import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PassBooking } from '@gatehouse/shared/access/decide-pass'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { bookingIdSchema, doorIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { fromBase32, toBase32 } from '@gatehouse/shared/passes/base32'
import type { Pass } from '@gatehouse/shared/passes/pass'
import { windowMs } from '@gatehouse/shared/passes/presentation'
import {
  bookingPass,
  cloudKeys,
  issuedMs,
  samplePasses,
  show,
  signPass,
  testKeys,
} from '@gatehouse/shared/passes/testing/sample-passes'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { describe, expect, test, vi } from 'vitest'
import { openDatabase } from '../ledger/database.ts'
import { readEntries } from '../ledger/entry-store.ts'
import { Kernel } from '../ledger/kernel.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { statement } from '../ledger/statements.ts'
import { type AppliedRow, Directory } from '../sync/directory.ts'
import { syncTablesSql } from '../sync/tables.ts'
import { accessModule } from './access-module.ts'
import { passKnowledge } from './pass-keys.ts'

const siteId = siteIdSchema.parse('harbour-house')
const elm = doorIdSchema.parse('elm')
const minute = 60_000
const hour = 60 * minute
const nowMs = issuedMs + hour
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const settings = {
  ...{ holdMs: 1, checkInEarlyMs: 0, checkInGraceMs: 0, unlockEarlyMs: 15 * minute, unlockLateMs: 0 },
  ...{ entryGraceMs: 0, exitGraceMs: 0, fullAtFree: 2, reopenAtFree: 5, heldOpenMs: 30_000 },
  memberOfflineMs: 24 * hour,
}
const site = {
  ...{ name: 'Harbour House', kind: 'coworking', description: '', address: '', timeZone: 'Europe/Berlin' },
  ...{ position: { latitude: 0, longitude: 0 }, currency: 'EUR', openingHours: [], amenities: [], settings },
}
const door = {
  ...{ name: 'Elm', levelId: 'l-0', public: false, readerDeviceId: 'r', strikeDeviceId: 's' },
  ...{ pulseMs: 3_000, at: { x: 0, y: 0 } },
}
const inForce: PassBooking = {
  kind: 'in_force',
  bookings: [
    {
      bookingId: bookingIdSchema.parse('bk_0123456789abcdef012345678'),
      ...{ fromMs: nowMs, toMs: nowMs + hour, doorId: elm, spaceFreeNow: true },
    },
  ],
}

function openElm({
  folder = mkdtempSync(join(tmpdir(), 'pass-')),
  booking = inForce,
  seed = 1,
  pinned = cloudKeys,
} = {}) {
  const clock = new ManualClock(nowMs)
  const db = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  db.exec(syncTablesSql)
  const directory = new Directory(db, siteId)
  let rev = 0
  const put = (kind: string, key: string, body: AppliedRow['body']) => {
    rev += 1
    directory.apply(
      [{ kind, key, body, epoch: 1, rev }],
      { epoch: 1, rev, handle: undefined, offset: '1' },
      false,
    )
  }
  put('site', siteId, site)
  put('door', elm, door)
  const module = accessModule({
    directory,
    bookingsOf: () => [],
    directoryAgeMs: () => 0,
    passes: passKnowledge(directory, { cloudPublicKey: base64url(pinned.publicKey) }),
    bookingOfPass: () => ({ booking, events: [] }),
  })
  const strikes: string[] = []
  const kernel = new Kernel({
    ...{ receiptKey: 'test', db, siteId, incarnation: 1, clock, modules: [module] },
    random: new SeededRandom(seed),
    effects: [
      {
        kind: 'strike',
        afterCrash: 'unknown',
        perform: async ({ body }) => {
          strikes.push(String(body.deviceId))
          return { outcome: 'done' }
        },
      },
    ],
    onBug: (error) => {
      throw error
    },
  })
  let keys = 0
  const scan = async (presentation: string, key = `scan-${seed}-${++keys}`) => {
    const input = { deviceId: 'kiosk-main', doorId: elm, presentation }
    const outcome = await kernel.submit({ kind: 'presentPass', caller: 'device:kiosk-main', key, input })
    const answer = outcome.ok ? (outcome.value as { granted: boolean; reason?: string }) : outcome.refusal
    return 'granted' in answer ? (answer.reason ?? 'open') : answer.code
  }
  const all = () =>
    readEntries(db, { incarnation: 1, afterSeq: 0, limit: 500 }).map(({ text }) => JSON.parse(text))
  const types = () => all().map(({ type }) => type)
  const entries = () => all().filter(({ type }) => type.startsWith('access.'))
  const uses = () => statement(db, 'SELECT pass_id, slot, shown_window FROM pass_uses').all()
  return { folder, clock, db, put, module, strikes, scan, types, entries, uses }
}

const shown = (change: Partial<Pass> = {}, atMs = nowMs) =>
  show(signPass({ ...bookingPass, ...change } as Pass), atMs)

/** The pass itself, copied without the holder's signature. */
const onPaper = (() => {
  const bytes = fromBase32(shown().slice(3)) ?? new Uint8Array()
  return `GHP${toBase32(bytes.with(0, 1).subarray(0, bytes.length - 68))}`
})()

describe('a pass at a door', () => {
  test('opens it once, with ids only in the entry, and not again with the same code', async () => {
    const room = openElm()
    expect(await room.scan(shown())).toBe('open')
    expect(await room.scan(shown())).toBe('presentation_used')
    expect(room.strikes).toEqual(['s'])
    expect(
      room.entries().map(({ type, body }) => [type, body.reason, body.pass.passId, body.bookingId]),
    ).toEqual([
      ['access.granted', undefined, bookingPass.passId, 'bk_0123456789abcdef012345678'],
      ['access.refused', 'presentation_used', bookingPass.passId, undefined],
    ])
    room.clock.advance(windowMs)
    expect(await room.scan(shown({}, nowMs + windowMs))).toBe('open')
  })

  test('answers a repeated call as the first time, without opening twice', async () => {
    const room = openElm()
    expect([await room.scan(shown(), 'key-1'), await room.scan(shown(), 'key-1')]).toEqual(['open', 'open'])
    expect(room.strikes).toHaveLength(1)
  })

  test('keeps its use across a restart and a rebuild, and forgets it when the pass has run out', async () => {
    const first = openElm()
    expect(await first.scan(shown())).toBe('open')
    await vi.waitFor(() => expect(first.types()).toContain('effect.settled'))
    first.db.close()
    const second = openElm({ folder: first.folder, seed: 2 })
    expect(await second.scan(shown())).toBe('presentation_used')
    expect(checkRebuild(second.db, [second.module]).equal).toBe(true)
    second.clock.advance(windowMs)
    const other = { ...bookingPass, passId: 'ps_ZZZZZZZZZZZZZZZZ', toMs: nowMs + 24 * hour } as Pass
    second.clock.set({ wallMs: bookingPass.toMs })
    expect(await second.scan(shown(other, bookingPass.toMs))).toBe('no_right')
    second.clock.set({ wallMs: nowMs + windowMs })
    expect(await second.scan(shown(other, nowMs + windowMs))).toBe('open')
    expect(second.uses()).toHaveLength(2)
  })

  test('is refused by its key, its site, its revocation and its time, each recorded', async () => {
    const room = openElm()
    room.put('pass_revocation', 'ps_REV0REV0REV0REV0', { revokedMs: nowMs, toMs: nowMs + hour })
    const cases: [string, string][] = [
      [show(signPass(bookingPass, testKeys(9)), nowMs), 'pass_forged'],
      [shown({ keyId: testKeys(9).keyId }), 'pass_key_unknown'],
      [show(signPass(bookingPass), nowMs, testKeys(9)), 'presentation_forged'],
      [shown({ audience: siteIdSchema.parse('quay-street') }), 'pass_foreign'],
      [shown({ passId: 'ps_REV0REV0REV0REV0' as never }), 'pass_revoked'],
      [shown({ toMs: nowMs }), 'pass_expired'],
      [shown({ issuedMs: nowMs + hour }), 'pass_from_future'],
      [shown({ fromMs: nowMs + hour }), 'pass_not_yet_valid'],
      // A screenshot that is shown too late, one whose clock is ahead, and the pass without its holder.
      [shown({}, nowMs - 2 * windowMs), 'presentation_expired'],
      [shown({}, nowMs + 2 * windowMs), 'presentation_early'],
      [onPaper, 'pass_not_presented'],
      [shown().slice(0, 200), 'pass_truncated'],
      ['HH-7Q2M4', 'pass_malformed'],
      ['G'.repeat(4_000), 'pass_too_long'],
    ]
    for (const [text, code] of cases) expect(await room.scan(text)).toBe(code)
    expect(room.entries().map(({ body }) => body.reason)).toEqual(cases.map(([, code]) => code))
    expect(room.strikes).toEqual([])
    // What nobody signed names nobody.
    expect(room.entries()[0].body).not.toHaveProperty('pass')
    // None of it used the true pass up.
    expect(await room.scan(shown())).toBe('open')
    expect(checkRebuild(room.db, [room.module]).equal).toBe(true)
  })

  test('with a booking that nobody here has heard of opens nothing yet', async () => {
    const room = openElm({ booking: { kind: 'unknown' } })
    expect(await room.scan(shown())).toBe('booking_unknown')
    expect(room.entries()[0].body).toMatchObject({
      reason: 'booking_unknown',
      credentialId: bookingPass.passId,
    })
  })

  test('does not open while the clock is not trusted', async () => {
    const room = openElm()
    room.clock.set({ quality: 'untrusted' })
    expect(await room.scan(shown())).toBe('clock_untrusted')
  })

  test('is believed by any key that was announced, the pinned one needs no row', async () => {
    const room = openElm({ pinned: testKeys(7) })
    expect(await room.scan(shown())).toBe('pass_key_unknown')
    room.put('pass_key', cloudKeys.keyId, { publicKey: base64url(cloudKeys.publicKey), useFromMs: 0 })
    expect(await room.scan(shown())).toBe('open')
    room.put('pass_key', cloudKeys.keyId, {
      publicKey: base64url(cloudKeys.publicKey),
      ...{ useFromMs: 0, useToMs: issuedMs - hour },
    })
    room.clock.advance(windowMs)
    expect(await room.scan(shown({}, nowMs + windowMs))).toBe('pass_key_retired')
  })

  test('is not believed by the pinned key again after the cloud has retired it', async () => {
    const room = openElm()
    const row = { publicKey: base64url(testKeys(7).publicKey), useFromMs: 0 }
    room.put('pass_key', testKeys(7).keyId, row)
    room.put('pass_key', cloudKeys.keyId, null)
    expect(await room.scan(shown())).toBe('pass_key_unknown')
  })

  test('of a garage opens no door', async () => {
    const room = openElm()
    expect(await room.scan(show(signPass(samplePasses.ticket), nowMs))).toBe('pass_key_unknown')
  })
})
