import { credentialDigest } from '@gatehouse/shared/passes/credential-digest'
import { expect, test, vi } from 'vitest'
import { checkRebuild } from '../ledger/rebuild.ts'
import { card, frontDoor, minute, openDoors, pin, siteKey } from './testing/door-site.ts'

/** A site whose front door has this policy, and a second member with a PIN of their own. */
function openPinDoor(pinPolicy: object) {
  const site = openDoors()
  const digest = credentialDigest(siteKey, 'pin', '777777')
  const rows = [
    { kind: 'door', key: frontDoor, body: { ...site.directory.get('door', frontDoor), ...pinPolicy } },
    { kind: 'member', key: 'm-2', body: { displayName: 'Other (demo)', planId: 'resident', vehicles: [] } },
    { kind: 'credential', key: 'c-pin-2', body: { kind: 'pin', digest, memberId: 'm-2', revoked: false } },
  ].map((row) => ({ ...row, epoch: 1, rev: 2 }))
  site.directory.apply(rows, { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
  return site
}

const withCard = { pin: 'with_card' }
const asked = (count = 1) => Array<string>(count).fill('front-reader:pin_wanted')

test('opens for a card and the PIN of its member, in that order, and for the card alone records nothing', async () => {
  const site = openPinDoor(withCard)
  site.handle(card('front-reader', '4711'))
  await vi.waitFor(() => expect(site.signals).toEqual(asked()))
  expect(site.types()).toEqual([])
  site.handle(pin('123456'))
  await vi.waitFor(() => expect(site.types()).toEqual(['access.granted', 'effect.settled']))
  expect(site.events()[0]?.body).toMatchObject({
    credential: 'card',
    credentialId: 'c-card',
    memberId: 'm-1',
  })
  expect(site.strikes).toEqual(['front-strike'])
  expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
})

test('opens also when a converter sends card and PIN in one breath', async () => {
  const site = openPinDoor(withCard)
  site.handle(card('front-reader', '4711'))
  site.handle(pin('123456'))
  await vi.waitFor(() => expect(site.strikes).toEqual(['front-strike']))
})

test('refuses the PIN of another member, one of nobody, and a PIN that uses up its card', async () => {
  const site = openPinDoor(withCard)
  for (const digits of ['777777', '000000']) {
    site.handle(card('front-reader', '4711'))
    site.handle(pin(digits))
  }
  site.handle(pin('123456'))
  await vi.waitFor(() => expect(site.types()).toEqual(['pin_wrong', 'pin_wrong', 'card_missing']))
  expect(site.strikes).toEqual([])
})

test('takes a PIN at the last instant of its time; later the card is refused and the PIN stands alone', async () => {
  const site = openPinDoor({ ...withCard, pinWithinMs: 5_000 })
  site.handle(card('front-reader', '4711'))
  await vi.waitFor(() => expect(site.signals).toEqual(asked()))
  site.clock.advance(5_000)
  site.tick()
  site.handle(pin('123456'))
  await vi.waitFor(() => expect(site.strikes).toHaveLength(1))
  site.handle(card('front-reader', '4711'))
  await vi.waitFor(() => expect(site.signals.filter((said) => asked().includes(said))).toHaveLength(2))
  site.clock.advance(5_001)
  site.tick()
  site.tick()
  site.handle(pin('123456'))
  await vi.waitFor(() => expect(site.types().slice(2)).toEqual(['pin_missing', 'card_missing']))
})

test('refuses a card that may not enter at once, without asking for its PIN', async () => {
  const site = openPinDoor(withCard)
  site.handle(card('front-reader', '9999'))
  await vi.waitFor(() => expect(site.signals).toEqual(['front-reader:refused']))
  site.handle(pin('123456'))
  await vi.waitFor(() => expect(site.types()).toEqual(['credential_unknown', 'card_missing']))
})

test('five wrong PINs after a card lock PIN entry there, and a right one does not open while it is locked', async () => {
  const site = openPinDoor(withCard)
  for (let n = 0; n < 5; n += 1) {
    site.handle(card('front-reader', '4711'))
    site.handle(pin('000000'))
  }
  await vi.waitFor(() => expect(site.types()).toContain('reader.pin_locked'))
  site.handle(card('front-reader', '4711'))
  site.handle(pin('123456'))
  await vi.waitFor(() => expect(site.types()).toContain('pin_locked'))
  site.clock.advance(5 * minute)
  site.handle(card('front-reader', '4711'))
  site.handle(pin('123456'))
  await vi.waitFor(() => expect(site.strikes).toHaveLength(1))
})

test('a door that takes no PIN refuses a right one and opens for the card', async () => {
  const site = openPinDoor({ pin: 'never' })
  site.handle(pin('123456'))
  site.handle(card('front-reader', '4711'))
  await vi.waitFor(() => expect(site.types().slice(0, 2)).toEqual(['pin_not_accepted', 'access.granted']))
})
