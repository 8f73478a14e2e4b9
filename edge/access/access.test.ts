import type { AccessBooking } from '@gatehouse/shared/access/decide-access'
import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import type { Pass } from '@gatehouse/shared/passes/pass'
import { windowMs } from '@gatehouse/shared/passes/presentation'
import { cloudKeys, samplePasses, show, signPass } from '@gatehouse/shared/passes/testing/sample-passes'
import { usualSettings } from '@gatehouse/shared/wire/v1/testing/usual-settings'
import { describe, expect, test, vi } from 'vitest'
import { checkRebuild } from '../ledger/rebuild.ts'
import { statement } from '../ledger/statements.ts'
import { sameAlarmMs } from './reader-alarms.ts'
import { card, friday10, minute, openDoors, pin, siteId, siteKey } from './testing/door-site.ts'

describe('a reader', () => {
  test('is told what came of each card, and of a card that nobody knows', async () => {
    const site = openDoors()
    site.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(site.signals).toEqual(['front-reader:granted']))
    site.handle(card('elm-reader', '1'))
    await vi.waitFor(() => expect(site.signals).toEqual(['front-reader:granted', 'elm-reader:refused']))
  })

  const deviceId = 'front-reader'
  const told = (site: ReturnType<typeof openDoors>) =>
    site.events().map(({ type, body }) => [type, body.kind ?? body.trouble, body.about ?? body.deviceId])

  test('that is opened or not to be trusted opens an incident, which ends when that is over for ten minutes', async () => {
    const site = openDoors()
    const untrusted = (reason: string) => site.handle({ kind: 'untrusted', deviceId, reason })
    site.handle({ kind: 'tamper', deviceId, active: true })
    for (const reason of ['plain_text', 'plain_text', 'wrong_key']) untrusted(reason)
    site.handle({ kind: 'status', deviceId, online: true })
    untrusted('plain_text')
    site.clock.advance(sameAlarmMs)
    site.tick()
    site.handle({ kind: 'status', deviceId, online: true })
    site.tick()
    untrusted('plain_text')
    const expected = [
      ['incident.opened', 'reader_tampered', deviceId],
      ['incident.opened', 'reader_untrusted', `${deviceId}/plain_text`],
      ['incident.opened', 'reader_untrusted', `${deviceId}/wrong_key`],
      ['reader.trouble_ended', 'untrusted', deviceId],
      ['incident.opened', 'reader_untrusted', `${deviceId}/plain_text`],
    ]
    await vi.waitFor(() => expect(told(site)).toEqual(expected))
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })

  test('whose trouble began before a restart ends it once, and one without any tells nothing', async () => {
    const first = openDoors()
    first.handle({ kind: 'power', deviceId, failed: true })
    first.handle({ kind: 'untrusted', deviceId, reason: 'mac_failed' })
    await vi.waitFor(() => expect(told(first)).toHaveLength(2))
    first.db.close()
    const second = openDoors(first.folder, [], 6)
    for (let n = 0; n < 2; n += 1) {
      second.handle({ kind: 'status', deviceId, online: true })
      second.handle({ kind: 'status', deviceId: 'elm-reader', online: true })
      second.handle({ kind: 'power', deviceId, failed: false })
    }
    second.handle(card(deviceId, '9999'))
    await vi.waitFor(() => expect(second.types()).toContain('credential_unknown'))
    expect(told(second).slice(2, -1)).toEqual([
      ['reader.trouble_ended', 'untrusted', deviceId],
      ['reader.trouble_ended', 'power_failed', deviceId],
    ])
  })
})

describe('a code before the scanner of a door', () => {
  const ownPass = { ...samplePasses.member, ...{ memberId: 'm-1', doors: [] } } as Pass
  const shownAt = (atMs: number) => show(signPass(ownPass), atMs)
  const code = (deviceId: string, text: string) => ({ kind: 'code', deviceId, text })
  const openScanner = () => {
    const site = openDoors()
    const publicKey = Buffer.from(cloudKeys.publicKey).toString('base64url')
    const row = {
      kind: 'pass_key',
      key: cloudKeys.keyId,
      body: { publicKey, useFromMs: 0 },
      epoch: 1,
      rev: 2,
    }
    site.directory.apply([row], { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
    return site
  }

  test('opens it when it is a pass of who may enter, and never again for a picture of that code', async () => {
    const site = openScanner()
    const shown = shownAt(friday10)
    site.handle(code('front-reader', shown))
    await vi.waitFor(() => expect(site.strikes).toEqual(['front-strike']))
    site.clock.advance(5_000)
    site.handle(code('front-reader', shown))
    await vi.waitFor(() => expect(site.types()).toContain('presentation_used'))
    site.clock.advance(2 * windowMs)
    site.handle(code('front-reader', shown))
    await vi.waitFor(() => expect(site.types()).toContain('presentation_expired'))
    site.handle(code('front-reader', shownAt(friday10 + 5_000 + 2 * windowMs)))
    await vi.waitFor(() => expect(site.strikes).toHaveLength(2))
    const decided = site.events().filter(({ type }) => type.startsWith('access.'))
    expect(decided.map(({ type, body }) => [type, body.doorId, body.deviceId])).toEqual(
      ['granted', 'refused', 'refused', 'granted'].map((how) => [`access.${how}`, 'front', 'front-reader']),
    )
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })

  test('is refused and recorded when it is no pass, a card number in letters least of all', async () => {
    const site = openScanner()
    const texts = ['4711', 'https://example.com/', 'GHP', 'GHPxyz', shownAt(friday10).slice(0, 300)]
    for (const text of texts) site.handle(code('front-reader', text))
    site.handle(code('front-reader', 'GHP'.padEnd(1_390, '0')))
    const expected = ['malformed', 'malformed', 'truncated', 'malformed', 'truncated', 'too_long']
    await vi.waitFor(() => expect(site.types()).toEqual(expected.map((how) => `pass_${how}`)))
    expect(site.strikes).toEqual([])
  })

  test('says nothing at a scanner that belongs to no door', async () => {
    const site = openScanner()
    site.handle(code('kiosk-scanner', shownAt(friday10)))
    site.handle(card('front-reader', '9999'))
    await vi.waitFor(() => expect(site.types()).toEqual(['credential_unknown']))
    expect(site.kiosk).toEqual([])
  })
})

describe('a reader at a door', () => {
  test('opens for a member with a plan: decision first, then the strike, then its outcome', async () => {
    const site = openDoors()
    site.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(site.types()).toEqual(['access.granted', 'effect.settled']))
    expect(site.strikes).toEqual(['front-strike'])
    expect(site.events()[0]?.body).toMatchObject({ deviceId: 'front-reader', credential: 'card' })
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
    expect(site.events()[0]?.body).toMatchObject({ right: 'booking', bookingId: 'bk-1' })
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
    expect(site.events().at(-1)?.body).toMatchObject({ kind: 'door_forced', about: 'front' })
    expect(statement(site.db, 'SELECT state FROM doors').all()).toEqual([{ state: 'forced' }])
  })

  test('alarms when a grant is only asked for again: an old answer energises no strike', async () => {
    const site = openDoors()
    const present = { deviceId: 'front-reader', doorId: 'front', kind: 'card' }
    const input = { ...present, digest: credentialDigest(siteKey, 'card', '4711') }
    const grant = { kind: 'presentCredential', caller: 'device:front-reader', key: 'once', input }
    await site.kernel.submit(grant)
    site.handle(contact(true))
    site.clock.advance(usualSettings.heldOpenMs)
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
    site.clock.advance(usualSettings.heldOpenMs)
    site.doors.tick()
    site.doors.tick()
    await vi.waitFor(() => expect(site.types().filter((type) => type === 'incident.opened')).toHaveLength(1))
    expect(site.events().at(-1)?.body).toMatchObject({ kind: 'door_held_open' })
  })
})
