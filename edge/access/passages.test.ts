import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { describe, expect, test, vi } from 'vitest'
import { checkRebuild } from '../ledger/rebuild.ts'
import { statement } from '../ledger/statements.ts'
import { card, type DoorSite, frontDoor, minute, openDoors, pin, siteKey } from './testing/door-site.ts'

const contact = (closed: boolean) => ({ kind: 'contact', deviceId: 'front-contact', closed })
const elmContact = (closed: boolean) => ({ kind: 'contact', deviceId: 'elm-contact', closed })
const exitButton = { kind: 'button', deviceId: 'front-exit' }

interface Change {
  readonly front?: object
  readonly elm?: object
  readonly zone?: object
  readonly folder?: string
}

/** A site whose doors are set like this, with a second member and a PIN of duress. */
function openPassages({ front, elm, zone, folder }: Change): DoorSite {
  const site = openDoors(folder, [], folder === undefined ? 5 : 6)
  const digest = (kind: 'card' | 'pin', secret: string) => ({
    digest: credentialDigest(siteKey, kind, secret),
    kind,
    revoked: false,
  })
  const door = (key: string, set: object | undefined) => ({
    kind: 'door',
    key,
    body: { ...site.directory.get('door', key), public: true, ...set },
  })
  const rows = [
    door(frontDoor, front),
    door('elm', { contactDeviceId: 'elm-contact', ...elm }),
    { kind: 'zone', key: 'house', body: { name: 'House', ...zone } },
    { kind: 'member', key: 'm-2', body: { displayName: 'Other (demo)', planId: 'resident', vehicles: [] } },
    { kind: 'credential', key: 'c-2', body: { ...digest('card', '4712'), memberId: 'm-2' } },
    { kind: 'credential', key: 'c-d', body: { ...digest('pin', '666666'), memberId: 'm-1', duress: true } },
  ].map((row) => ({ ...row, epoch: 1, rev: 2 }))
  site.directory.apply(rows, { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
  return site
}

const places = (site: DoorSite) =>
  statement<{ person: string; zone_id: string }>(site.db, 'SELECT person, zone_id FROM zone_places').all()
const decided = (site: DoorSite) =>
  site.types().filter((type) => !/^(effect|door|incident)\./.test(String(type)))
const settled = (site: DoorSite, types: readonly unknown[]) =>
  vi.waitFor(() => expect(decided(site)).toEqual(types))

describe('anti-passback', () => {
  const zoned = { zoneId: 'house', exitReaderDeviceId: 'front-inside' }
  const hard = { front: zoned, zone: { antiPassback: { mode: 'hard' } } }
  const walkIn = async (site: DoorSite, number = '4711') => {
    const before = decided(site).length
    site.handle(contact(true))
    site.handle(card('front-reader', number))
    await vi.waitFor(() => expect(decided(site)).toHaveLength(before + 1))
    site.handle(contact(false))
    await vi.waitFor(() =>
      expect(site.events().at(-1)?.body.state ?? site.events().at(-2)?.body.state).toBe('open'),
    )
    site.clock.advance(1_000)
    site.handle(contact(true))
    site.clock.advance(10_000)
    site.doors.tick()
  }

  test('refuses who is inside, also after a restart, and lets in again who left by the reader inside', async () => {
    const first = openPassages(hard)
    await walkIn(first)
    await vi.waitFor(() => expect(places(first)).toEqual([{ person: 'm:m-1', zone_id: 'house' }]))
    first.handle(card('front-reader', '4711'))
    await settled(first, ['access.granted', 'anti_passback'])
    first.db.close()
    const second = openPassages({ ...hard, folder: first.folder })
    second.clock.advance(minute)
    second.handle(contact(true))
    second.handle(card('front-reader', '4711'))
    await settled(second, ['access.granted', 'anti_passback', 'anti_passback'])
    second.handle(card('front-inside', '4711'))
    await vi.waitFor(() => expect(second.strikes).toHaveLength(1))
    second.handle(contact(false))
    await vi.waitFor(() => expect(places(second)).toEqual([]))
    expect(checkRebuild(second.db, [second.module]).equal).toBe(true)
  })

  test('counts nobody as inside who was let in and did not open the door', async () => {
    const site = openPassages(hard)
    site.handle(contact(true))
    site.handle(card('front-reader', '4711'))
    await settled(site, ['access.granted'])
    site.clock.advance(30_000)
    site.doors.tick()
    site.handle(card('front-reader', '4711'))
    await settled(site, ['access.granted', 'access.granted'])
    expect(places(site)).toEqual([])
  })

  test('follows two who go in by one opening, and who shows a card at the open door', async () => {
    const site = openPassages(hard)
    site.handle(contact(true))
    site.handle(card('front-reader', '4711'))
    await settled(site, ['access.granted'])
    site.handle(contact(false))
    site.handle(card('front-reader', '4712'))
    await vi.waitFor(() => expect(places(site).map(({ person }) => person)).toEqual(['m:m-1', 'm:m-2']))
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })

  test('that is soft lets in and tells HQ', async () => {
    const site = openPassages({ front: zoned, zone: { antiPassback: { mode: 'soft' } } })
    await walkIn(site)
    site.handle(card('front-reader', '4711'))
    await settled(site, ['access.granted', 'access.granted'])
    const told = site.events().filter(({ type }) => type === 'incident.opened')
    expect(told.map(({ body }) => [body.kind, body.about])).toEqual([['anti_passback', 'front/m-1']])
  })

  test('is forgiven by the staff, for one or for all', async () => {
    const site = openPassages(hard)
    await walkIn(site)
    const { bootId, monotonicMs } = site.clock.now()
    const forgive = (memberId: string | undefined, key: string) =>
      site.kernel.submit({
        kind: 'forgiveFromAfar',
        caller: 'cloud',
        key,
        input: {
          act: { kind: 'forgivePassback', ...(memberId && { memberId }) },
          ...{ requestId: key, by: 'user-1', bootId, monotonicMs, validMs: 60_000 },
        },
      })
    expect(await forgive('m-2', 'rq_forgive_01')).toMatchObject({ ok: true })
    expect(places(site)).toHaveLength(1)
    expect(await forgive('m-1', 'rq_forgive_02')).toMatchObject({ ok: true })
    expect(places(site)).toEqual([])
    await walkIn(site)
    expect(await forgive(undefined, 'rq_forgive_03')).toMatchObject({ ok: true })
    expect(places(site)).toEqual([])
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })
})

describe('the reader inside', () => {
  test('lets out whoever shows whatever, also in a lockdown, and says who went where that is known', async () => {
    const site = openPassages({ front: { exitReaderDeviceId: 'front-inside' } })
    const { bootId, monotonicMs } = site.clock.now()
    const act = { kind: 'startLockdown' }
    const input = { act, requestId: 'rq_lock_0001', by: 'user-1', bootId, monotonicMs, validMs: 60_000 }
    await site.kernel.submit({ kind: 'lockdownFromAfar', caller: 'cloud', key: 'rq_lock_0001', input })
    for (const number of ['9999', '4711']) site.handle(card('front-inside', number))
    site.handle({ kind: 'code', deviceId: 'front-inside', text: 'GHPnonsense' })
    await vi.waitFor(() => expect(site.strikes).toHaveLength(3))
    const left = site.events().filter(({ type }) => type === 'access.exit_requested')
    expect(left.map(({ body }) => body.memberId)).toEqual([undefined, 'm-1', undefined])
    expect(site.signals).toEqual(Array(3).fill('front-inside:granted'))
  })
})

describe('an interlock', () => {
  const lock = { interlock: 'mantrap' }
  const open = () => openPassages({ front: lock, elm: lock })

  test('opens one door at a time, waits for its leaf, and never stops the way out', async () => {
    const site = open()
    site.handle(contact(true))
    site.handle(elmContact(true))
    site.handle(card('front-reader', '4711'))
    site.handle(card('elm-reader', '4712'))
    await settled(site, ['access.granted', 'interlock'])
    site.handle(contact(false))
    site.clock.advance(30_000)
    site.handle(card('elm-reader', '4712'))
    await settled(site, ['access.granted', 'interlock', 'interlock'])
    site.handle(exitButton)
    await vi.waitFor(() => expect(site.strikes).toHaveLength(2))
    site.handle(contact(true))
    site.clock.advance(5_000)
    site.handle(card('elm-reader', '4712'))
    await vi.waitFor(() => expect(site.strikes).toContain('elm-strike'))
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })

  test('keeps closed what it cannot see: a contact that was never heard, or that chatters', async () => {
    const site = open()
    site.handle(elmContact(true))
    site.handle(card('elm-reader', '4712'))
    await settled(site, ['interlock'])
    site.handle(contact(true))
    site.handle(card('elm-reader', '4712'))
    await settled(site, ['interlock', 'access.granted'])
    site.clock.advance(10_000)
    for (let n = 0; n < 40; n += 1) site.handle(contact(n % 2 === 1))
    await vi.waitFor(() => expect(site.types()).toContain('door.trouble_started'))
    site.handle(card('elm-reader', '4712'))
    await settled(site, ['interlock', 'access.granted', 'interlock'])
  })

  test('is not overruled from afar', async () => {
    const site = open()
    const { bootId, monotonicMs } = site.clock.now()
    const act = { kind: 'unlockDoor', doorId: 'front' }
    const input = { act, requestId: 'rq_open_0001', by: 'user-1', bootId, monotonicMs, validMs: 10_000 }
    const answer = await site.kernel.submit({
      kind: 'unlockFromAfar',
      caller: 'cloud',
      key: 'rq_open_0001',
      input,
    })
    expect(answer).toMatchObject({ ok: true, value: { outcome: 'interlock' } })
    expect(site.strikes).toEqual([])
  })
})

describe('a door for two', () => {
  test('opens for two members in time, never for one card shown twice', async () => {
    const site = openPassages({ front: { twoPersonMs: 15_000 } })
    site.handle(card('front-reader', '4711'))
    site.handle(card('front-reader', '4711'))
    await settled(site, ['second_member_wanted', 'second_member_wanted'])
    expect(site.signals).toEqual(Array(2).fill('front-reader:second_member_wanted'))
    site.clock.advance(15_001)
    site.handle(card('front-reader', '4712'))
    await vi.waitFor(() => expect(decided(site)).toHaveLength(3))
    expect(site.strikes).toEqual([])
    site.clock.advance(15_000)
    site.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(site.strikes).toEqual(['front-strike']))
    const grant = site.events().find(({ type }) => type === 'access.granted')
    expect(grant?.body).toMatchObject({ memberId: 'm-1', withMemberId: 'm-2' })
    site.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(decided(site)).toHaveLength(5))
    expect(site.strikes).toHaveLength(1)
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })

  test('does not forget who waits when the edge starts again', async () => {
    const first = openPassages({ front: { twoPersonMs: 15_000 } })
    first.handle(card('front-reader', '4711'))
    await settled(first, ['second_member_wanted'])
    first.db.close()
    const second = openPassages({ front: { twoPersonMs: 15_000 }, folder: first.folder })
    second.handle(card('front-reader', '4712'))
    await vi.waitFor(() => expect(second.strikes).toEqual(['front-strike']))
  })
})

describe('a PIN of duress', () => {
  const alarms = (site: DoorSite) =>
    site
      .events()
      .filter(({ type }) => type === 'incident.opened')
      .map(({ body }) => [body.kind, body.about])

  test('opens as any PIN does and tells HQ alone', async () => {
    const site = openPassages({})
    site.handle(pin('666666'))
    await vi.waitFor(() => expect(alarms(site)).toEqual([['duress', 'front/m-1']]))
    await vi.waitFor(() => expect(site.strikes).toEqual(['front-strike']))
    expect(site.signals).toEqual(['front-reader:granted'])
    const grant = site.events().find(({ type }) => type === 'access.granted')
    expect(JSON.stringify(grant)).not.toContain('duress')
    const last = statement<{ last_kind: string }>(site.db, 'SELECT last_kind FROM doors').all()
    expect(last).toEqual([{ last_kind: 'granted' }])
  })

  test('after a card, refused at a locked reader, and at a kiosk alarms as well', async () => {
    const site = openPassages({ front: { pin: 'with_card' } })
    site.handle(card('front-reader', '4711'))
    site.handle(pin('666666'))
    await vi.waitFor(() => expect(site.strikes).toHaveLength(1))
    for (let n = 0; n < 5; n += 1) {
      site.handle(card('front-reader', '4711'))
      site.handle(pin('000000'))
    }
    await vi.waitFor(() => expect(site.types()).toContain('reader.pin_locked'))
    site.handle(card('front-reader', '4711'))
    site.handle(pin('666666'))
    await vi.waitFor(() => expect(site.types()).toContain('pin_locked'))
    const input = { deviceId: 'kiosk', kind: 'pin', digest: credentialDigest(siteKey, 'pin', '666666') }
    await site.kernel.submit({ kind: 'identifyMember', caller: 'kiosk:k', key: 'identify-1', input })
    expect(alarms(site)).toEqual([
      ['duress', 'front/m-1'],
      ['duress', 'front/m-1'],
      ['duress_at_kiosk', 'kiosk/m-1'],
    ])
  })
})

test('a button that bounces is one press, and a later one another', async () => {
  const site = openPassages({})
  for (let n = 0; n < 5; n += 1) site.handle(exitButton)
  site.clock.advance(minute)
  site.handle(exitButton)
  await vi.waitFor(() => expect(site.strikes).toHaveLength(2))
  expect(decided(site)).toEqual(['access.exit_requested', 'access.exit_requested'])
})
