import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccessBooking } from '@gatehouse/shared/access/decide-access'
import { ManualClock } from '@gatehouse/shared/clock/clock'
import { deviceIdSchema, doorIdSchema, siteIdSchema } from '@gatehouse/shared/ids/ids'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { SeededRandom } from '@gatehouse/shared/random/random'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { DeviceEvent } from '../devices/hub.ts'
import { openDatabase } from '../ledger/database.ts'
import { readEntries } from '../ledger/entry-store.ts'
import { Kernel } from '../ledger/kernel.ts'
import { checkRebuild } from '../ledger/rebuild.ts'
import { statement } from '../ledger/statements.ts'
import { type AppliedRow, Directory } from '../sync/directory.ts'
import { syncTablesSql } from '../sync/tables.ts'
import { accessModule } from './access-module.ts'
import { accessDeviceEvents } from './device-events.ts'
import { DoorWatch } from './door-watch.ts'
import { passKnowledge } from './pass-keys.ts'
import { runRemoteCommands } from './remote-commands.ts'

const siteKey = Buffer.alloc(32, 3).toString('base64url')
const siteId = siteIdSchema.parse('harbour-house')
const frontDoor = doorIdSchema.parse('front')
const minute = 60_000
/** Friday 2026-11-20, 10:00 in Berlin. */
const friday10 = Date.parse('2026-11-20T10:00:00+01:00')

const settings = {
  holdMs: 5 * minute,
  checkInEarlyMs: 15 * minute,
  checkInGraceMs: 15 * minute,
  unlockEarlyMs: 15 * minute,
  unlockLateMs: 15 * minute,
  entryGraceMs: 10 * minute,
  exitGraceMs: 15 * minute,
  fullAtFree: 2,
  reopenAtFree: 5,
  memberOfflineMs: 30 * 24 * 60 * minute,
  heldOpenMs: 30_000,
}
const weekdays = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '08:00', to: '20:00' }))
const rows: readonly (readonly [kind: string, key: string, body: AppliedRow['body']])[] = [
  [
    'site',
    siteId,
    {
      name: 'Harbour House',
      kind: 'coworking',
      description: '',
      address: '',
      timeZone: 'Europe/Berlin',
      position: { latitude: 0, longitude: 0 },
      currency: 'EUR',
      openingHours: weekdays,
      amenities: [],
      settings,
    },
  ],
  [
    'plan',
    'resident',
    {
      name: 'Resident',
      monthlyMinor: 1,
      discountPercent: 0,
      covers: [],
      access: { doors: 'public', hours: weekdays },
    },
  ],
  ['member', 'm-1', { displayName: 'Demo Member', planId: 'resident', vehicles: [] }],
  [
    'credential',
    'c-card',
    { kind: 'card', digest: credentialDigest(siteKey, 'card', '4711'), memberId: 'm-1', revoked: false },
  ],
  [
    'credential',
    'c-pin',
    { kind: 'pin', digest: credentialDigest(siteKey, 'pin', '123456'), memberId: 'm-1', revoked: false },
  ],
  [
    'door',
    frontDoor,
    {
      name: 'Front door',
      levelId: 'l-0',
      public: true,
      readerDeviceId: 'front-reader',
      strikeDeviceId: 'front-strike',
      contactDeviceId: 'front-contact',
      exitButtonDeviceId: 'front-exit',
      pulseMs: 3000,
      at: { x: 0, y: 0 },
    },
  ],
  [
    'door',
    'elm',
    {
      name: 'Elm',
      levelId: 'l-0',
      public: false,
      readerDeviceId: 'elm-reader',
      strikeDeviceId: 'elm-strike',
      pulseMs: 3000,
      at: { x: 0, y: 0 },
    },
  ],
]

const doorsModule = (directory: Directory, bookings: readonly AccessBooking[]) =>
  accessModule({
    ...{ directory, bookingsOf: () => bookings, directoryAgeMs: () => 0 },
    ...{
      passes: passKnowledge(directory, { cloudPublicKey: '' }),
      bookingOfPass: () => ({ booking: { kind: 'unknown' }, events: [] }),
    },
  })

function openDoors(
  folder = mkdtempSync(join(tmpdir(), 'access-')),
  bookings: readonly AccessBooking[] = [],
  seed = 5,
) {
  const clock = new ManualClock(friday10)
  const random = new SeededRandom(seed)
  const db = openDatabase({ path: join(folder, 'site.sqlite'), locking: 'exclusive' })
  db.exec(syncTablesSql)
  const directory = new Directory(db, siteId)
  const applied = rows.map(([kind, key, body]) => ({ kind, key, body, epoch: 1, rev: 1 }))
  directory.apply(applied, { epoch: 1, rev: 1, handle: undefined, offset: '1' }, true)
  const module = doorsModule(directory, bookings)
  const strikes: string[] = []
  const kernel = new Kernel({
    receiptKey: 'test',
    db,
    siteId,
    incarnation: 1,
    clock,
    random,
    modules: [module],
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
  const doors = new DoorWatch({
    directory,
    clock,
    onReport: (doorId, state) =>
      void kernel.submit({
        kind: 'reportDoor',
        caller: 'contact',
        key: `${state}-${clock.now().monotonicMs}`,
        input: { doorId, state },
      }),
  })
  const kiosk: string[] = []
  const onKioskCredential = (_reader: string, kind: string, digest: string) =>
    void kiosk.push(`${kind}:${digest}`)
  const handle = accessDeviceEvents({ kernel, directory, doors, random, siteKey, onKioskCredential })
  const events = () =>
    readEntries(db, { incarnation: 1, afterSeq: 0, limit: 500 }).map(({ text }) => JSON.parse(text))
  const types = () => events().map(({ type, body }) => (type === 'access.refused' ? body.reason : type))
  return {
    folder,
    clock,
    db,
    directory,
    kernel,
    module,
    doors,
    strikes,
    kiosk,
    events,
    types,
    handle: (event: object) => handle(event as DeviceEvent),
  }
}

const card = (deviceId: string, number: string) => ({
  kind: 'card',
  deviceId: deviceIdSchema.parse(deviceId),
  number,
})
const pin = (digits: string) => ({ kind: 'pin', deviceId: deviceIdSchema.parse('front-reader'), digits })

describe('a reader at a door', () => {
  test('opens for a member with a plan: decision first, then the strike, then its outcome', async () => {
    const site = openDoors()
    site.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(site.types()).toEqual(['access.granted', 'effect.settled']))
    expect(site.strikes).toEqual(['front-strike'])
    expect(site.events()[0].body).toMatchObject({ deviceId: 'front-reader', credential: 'card' })
    expect(JSON.stringify(site.events())).not.toContain('4711')
  })

  test('refuses an unknown card and a door the plan does not open, with the reason, and moves nothing', async () => {
    const site = openDoors()
    site.handle(card('front-reader', '9999'))
    site.handle(card('elm-reader', '4711'))
    await vi.waitFor(() => expect(site.types()).toEqual(['credential_unknown', 'no_right']))
    expect(site.strikes).toEqual([])
  })

  test('opens the room of a booking', async () => {
    const booking = {
      bookingId: 'bk-1',
      fromMs: friday10,
      toMs: friday10 + 60 * minute,
      doorId: 'elm',
      spaceFreeNow: true,
    }
    const site = openDoors(undefined, [booking as unknown as AccessBooking])
    site.handle(card('elm-reader', '4711'))
    await vi.waitFor(() => expect(site.strikes).toEqual(['elm-strike']))
    expect(site.events()[0].body).toMatchObject({ right: 'booking', bookingId: 'bk-1' })
  })

  test('refuses outside the hours of the plan', async () => {
    const site = openDoors()
    site.clock.advance(11 * 60 * minute)
    site.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(site.types()).toEqual(['outside_hours']))
  })

  test.each([
    ['closed that day', [], undefined, 'outside_hours'],
    ['whose own hours are over', [{ from: '06:00', to: '09:00' }], 'site_hours', 'outside_hours'],
    ['whose own hours run', [{ from: '06:00', to: '23:00' }], undefined, 'access.granted'],
    ['closed that day, with a plan that goes on as usual', [], 'as_usual', 'access.granted'],
  ])('on a holiday %s decides by plan and holiday', async (_, hours, onHolidays, expected) => {
    const site = openDoors()
    const holidays = [{ date: '2026-11-20', name: 'Harbour Day', hours }]
    const plan = site.directory.get('plan', 'resident')
    const bodies = [
      { kind: 'site', key: siteId, body: { ...site.directory.site(), holidays } },
      { kind: 'plan', key: 'resident', body: { ...plan, access: { ...plan?.access, onHolidays } } },
    ]
    const applied = bodies.map((row) => ({ ...row, epoch: 1, rev: 2 }))
    site.directory.apply(applied, { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
    site.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(site.types()[0]).toBe(expected))
  })

  test('locks PIN entry after five wrong PINs, also across a restart, but never cards', async () => {
    const first = openDoors()
    for (let n = 0; n < 5; n += 1) first.handle(pin(`99999${n}`))
    await vi.waitFor(() => expect(first.types()).toContain('reader.pin_locked'))
    await vi.waitFor(() => expect(first.types()).toHaveLength(6))
    first.db.close()
    // Another seed: two lives of a real site never draw the same keys.
    const second = openDoors(first.folder, [], 6)
    second.handle(pin('123456'))
    second.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(second.types().slice(6, 8)).toEqual(['pin_locked', 'access.granted']))
    second.clock.advance(5 * minute)
    second.handle(pin('123456'))
    await vi.waitFor(() => expect(second.strikes).toHaveLength(2))
    expect(checkRebuild(second.db, [second.module]).equal).toBe(true)
  })

  test('hands a card of a kiosk’s reader to the kiosk, as a digest', () => {
    const site = openDoors()
    site.handle(card('kiosk-reader', '4711'))
    expect(site.kiosk).toEqual([`card:${credentialDigest(siteKey, 'card', '4711')}`])
  })
})

describe('a door contact', () => {
  const contact = (closed: boolean) => ({ kind: 'contact', deviceId: 'front-contact', closed })

  test('alarms when the door opens without a release', async () => {
    const site = openDoors()
    site.handle(contact(true))
    site.handle(contact(false))
    await vi.waitFor(() =>
      expect(site.types()).toEqual(['door.state_changed', 'door.state_changed', 'incident.opened']),
    )
    expect(site.events().at(-1).body).toMatchObject({ kind: 'door_forced', about: 'front' })
    expect(statement(site.db, 'SELECT state FROM doors').all()).toEqual([{ state: 'forced' }])
  })

  test('alarms when a grant is only asked for again: an old answer energises no strike', async () => {
    const site = openDoors()
    const present = { deviceId: 'front-reader', doorId: 'front', kind: 'card' }
    const input = { ...present, digest: credentialDigest(siteKey, 'card', '4711') }
    const grant = { kind: 'presentCredential', caller: 'device:front-reader', key: 'once', input }
    await site.kernel.submit(grant)
    site.handle(contact(true))
    site.clock.advance(settings.heldOpenMs)
    site.doors.tick()
    expect(await site.kernel.submit(grant)).toMatchObject({ ok: true, value: { granted: true } })
    site.handle(contact(false))
    await vi.waitFor(() => expect(site.types()).toContain('incident.opened'))
    expect(site.strikes).toEqual(['front-strike'])
  })

  test('keeps quiet after the exit button, and alarms when the door is then held open', async () => {
    const site = openDoors()
    site.handle(contact(true))
    site.handle({ kind: 'button', deviceId: 'front-exit' })
    await vi.waitFor(() => expect(site.strikes).toEqual(['front-strike']))
    site.handle(contact(false))
    site.clock.advance(settings.heldOpenMs)
    site.doors.tick()
    site.doors.tick()
    await vi.waitFor(() => expect(site.types().filter((type) => type === 'incident.opened')).toHaveLength(1))
    expect(site.events().at(-1).body).toMatchObject({ kind: 'door_held_open' })
  })
})

describe('a command from afar', () => {
  const later: (() => void)[] = []
  afterEach(() => {
    for (const stop of later.splice(0)) stop()
  })

  function fromAfar(site: ReturnType<typeof openDoors>) {
    const outcomes: string[] = []
    const onDecided = ({ outcome }: { outcome: string }) => void outcomes.push(outcome)
    later.push(runRemoteCommands({ kernel: site.kernel, directory: site.directory, onDecided }))
    let rev = 10
    const send = async (key: string, act: object, stamp: object = {}) => {
      rev += 1
      const { bootId, monotonicMs } = site.clock.now()
      const quoted = { by: 'usr_1', bootId, monotonicMs, validMs: 10_000, askedMs: 1, ...stamp }
      const row = { kind: 'remote_command', key, epoch: 1, rev, body: { act, ...quoted } }
      const before = outcomes.length
      site.directory.apply([row], { epoch: 1, rev, handle: undefined, offset: `${rev}` }, false)
      await vi.waitFor(() => expect(outcomes).toHaveLength(before + 1))
      return outcomes.at(-1)
    }
    return { send, outcomes }
  }
  const unlock = { kind: 'unlockDoor', doorId: 'front' }

  test('opens a door once, however often its row is seen, and keeps its alarm quiet', async () => {
    const site = openDoors()
    site.handle({ kind: 'contact', deviceId: 'front-contact', closed: true })
    const { send } = fromAfar(site)
    expect(await send('rq_1', unlock)).toBe('done')
    expect(await send('rq_1', unlock)).toBe('done')
    await vi.waitFor(() => expect(site.strikes).toEqual(['front-strike']))
    expect(site.events().find(({ type }) => type === 'door.unlocked').body).toMatchObject({
      ...{ requestId: 'rq_1', by: 'usr_1', doorId: 'front' },
    })
    expect(site.doors.stateOf(frontDoor)).toBe('unlocked')
  })

  test.each([
    ['quotes another boot', { bootId: 'another' }, 'remote_other_boot'],
    ['is too old', { monotonicMs: 0, validMs: 1 }, 'remote_expired'],
    ['quotes a moment to come', { monotonicMs: 1e9 }, 'remote_from_future'],
  ])('that %s opens nothing and says why', async (_what, stamp, code) => {
    const site = openDoors()
    site.clock.advance(60_000)
    const { send } = fromAfar(site)
    expect(await send('rq_1', unlock, stamp)).toBe(code)
    expect(site.events().at(-1)).toMatchObject({ type: 'request.refused', body: { requestId: 'rq_1', code } })
    expect(site.strikes).toEqual([])
  })

  test('that came while the edge was down is refused at its start, and not done', async () => {
    const site = openDoors()
    const body = { act: unlock, by: 'usr_1', bootId: 'before', monotonicMs: 1, validMs: 10_000, askedMs: 1 }
    const row = { kind: 'remote_command', key: 'rq_1', epoch: 1, rev: 5, body }
    site.directory.apply([row], { epoch: 1, rev: 5, handle: undefined, offset: '5' }, false)
    const { outcomes } = fromAfar(site)
    await vi.waitFor(() => expect(outcomes).toEqual(['remote_other_boot']))
    expect(site.strikes).toEqual([])
  })

  test('locks the site down: nobody is let in, also after a restart, and everybody gets out', async () => {
    const site = openDoors()
    const first = fromAfar(site)
    expect(await first.send('rq_1', { kind: 'startLockdown' })).toBe('done')
    expect(await first.send('rq_2', unlock)).toBe('lockdown')
    for (const stop of later.splice(0)) stop()
    site.kernel.close()
    site.db.close()
    const again = openDoors(site.folder, [], 6)
    again.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(again.types()).toContain('lockdown'))
    expect(again.strikes).toEqual([])
    again.handle({ kind: 'button', deviceId: 'front-exit' })
    await vi.waitFor(() => expect(again.strikes).toEqual(['front-strike']))
    expect(await fromAfar(again).send('rq_3', { kind: 'endLockdown' })).toBe('done')
    again.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(again.types()).toContain('access.granted'))
    expect(checkRebuild(again.db, [again.module]).equal).toBe(true)
  })
})
