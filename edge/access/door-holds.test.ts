import { describe, expect, test, vi } from 'vitest'
import { checkRebuild } from '../ledger/rebuild.ts'
import { card, type DoorSite, frontDoor, minute, openDoors } from './testing/door-site.ts'

const fire = (active: boolean) => ({ kind: 'fire', deviceId: 'fire-1', active })
const contact = (closed: boolean) => ({ kind: 'contact', deviceId: 'front-contact', closed })

/** A site whose front door is set like this. */
function openSet(set: object, folder?: string): DoorSite {
  const site = openDoors(folder, [], folder === undefined ? 5 : 6)
  const body = { ...site.directory.get('door', frontDoor), ...set }
  const row = { kind: 'door', key: frontDoor, body, epoch: 1, rev: 2 }
  site.directory.apply([row], { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
  return site
}
const holds = (site: DoorSite) =>
  site.events().flatMap(({ type, body }) => (type.startsWith('door.hold') ? [body.reason ?? 'over'] : []))
const told = (site: DoorSite, expected: readonly string[]) =>
  vi.waitFor(() => expect(holds(site)).toEqual(expected))
/** Seconds pass, with the ticks of a site. */
function pass(site: DoorSite, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    site.clock.advance(1_000)
    site.holds.tick()
    site.doors.tick()
  }
}
async function lockdown(site: DoorSite, kind: 'startLockdown' | 'endLockdown'): Promise<void> {
  const { bootId, monotonicMs } = site.clock.now()
  const requestId = `rq_${kind}_0001`
  const input = { act: { kind }, requestId, by: 'user-1', bootId, monotonicMs, validMs: 60_000 }
  await site.kernel.submit({ kind: 'lockdownFromAfar', caller: 'cloud', key: requestId, input })
}
// The clock of these sites begins on a Friday at 10:00.
const until = (to: string) => ({ unlock: { hours: [{ weekday: 5, from: '09:00', to }] } })

describe('a door with an unlock schedule', () => {
  test('is released pulse after pulse in its hours, raises no alarm when opened, and locks at their end', async () => {
    const site = openSet(until('10:01'))
    site.handle(contact(true))
    site.holds.tick()
    await told(site, ['schedule'])
    expect(site.doors.stateOf(frontDoor)).toBe('free')
    pass(site, 20)
    const kept = site.locks.filter((lock) => lock === 'front:keep').length
    expect(kept).toBe(6)
    site.handle(contact(false))
    pass(site, 30)
    site.handle(contact(true))
    pass(site, 11)
    await told(site, ['schedule', 'over'])
    expect(site.locks.at(-1)).toBe('front:rest')
    expect(site.doors.stateOf(frontDoor)).toBe('locked')
    expect(site.types()).not.toContain('incident.opened')
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })

  test('that waits for the first member stays locked until one was let in', async () => {
    const { hours } = until('11:00').unlock
    const site = openSet({ unlock: { hours, firstPerson: true } })
    site.handle(card('front-reader', '9999'))
    await vi.waitFor(() => expect(site.types()).toContain('credential_unknown'))
    pass(site, 3)
    expect(site.locks).toEqual([])
    site.handle(card('front-reader', '4711'))
    await told(site, ['schedule'])
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })

  test('locks at once in a lockdown and opens again after it', async () => {
    const site = openSet(until('11:00'))
    site.holds.tick()
    await told(site, ['schedule'])
    await lockdown(site, 'startLockdown')
    await told(site, ['schedule', 'over'])
    expect(site.locks.at(-1)).toBe('front:rest')
    await lockdown(site, 'endLockdown')
    await told(site, ['schedule', 'over', 'schedule'])
  })

  test('locks when the clock can no longer be trusted', async () => {
    const site = openSet(until('11:00'))
    site.holds.tick()
    await told(site, ['schedule'])
    site.clock.set({ quality: 'untrusted' })
    pass(site, 1)
    await told(site, ['schedule', 'over'])
  })

  test('goes on after a restart only in its hours', async () => {
    const first = openSet(until('10:30'))
    first.holds.tick()
    await told(first, ['schedule'])
    first.db.close()
    const second = openSet(until('10:30'), first.folder)
    expect(second.doors.stateOf(frontDoor)).toBe('unknown')
    second.clock.advance(31 * minute)
    second.holds.tick()
    await told(second, ['schedule', 'over'])
    expect(second.locks).toEqual([])
  })
})

describe('a fire contact', () => {
  const named = { fireDeviceId: 'fire-1' }

  test('releases the doors named for it, beats a lockdown, and locks them when it is at rest again', async () => {
    const site = openSet(named)
    site.handle(fire(false))
    site.handle(contact(true))
    await lockdown(site, 'startLockdown')
    site.handle(fire(true))
    await told(site, ['fire'])
    expect(site.locks).toEqual(['front:keep'])
    site.handle(contact(false))
    pass(site, 120)
    expect(site.types()).not.toContain('incident.opened')
    site.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(site.types()).toContain('access.granted'))
    site.handle(card('elm-reader', '4711'))
    await vi.waitFor(() => expect(site.types()).toContain('lockdown'))
    site.handle(contact(true))
    site.handle(fire(false))
    await told(site, ['fire', 'over'])
    expect(site.locks.at(-1)).toBe('front:rest')
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })

  test('keeps its doors released when somebody asks to leave or is let in', async () => {
    const site = openSet({ ...named, pulseMs: 1_000, exitButtonDeviceId: 'front-exit' })
    site.handle(fire(true))
    await told(site, ['fire'])
    for (const event of [{ kind: 'button', deviceId: 'front-exit' }, card('front-reader', '4711')]) {
      site.clock.advance(500)
      const before = site.strikes.length
      site.handle(event)
      await vi.waitFor(() => expect(site.strikes.length).toBe(before + 1))
      for (let second = 0; second < 10; second += 1) {
        pass(site, 1)
        expect(site.isReleased()).toBe(true)
      }
    }
    site.handle(fire(false))
    await told(site, ['fire', 'over'])
    expect(site.isReleased()).toBe(false)
  })

  test('is recorded once however often it is told', async () => {
    const site = openSet(named)
    for (let n = 0; n < 5; n += 1) site.handle(fire(true))
    await told(site, ['fire'])
    expect(site.types().filter((type) => type === 'fire.alarmed')).toHaveLength(1)
  })

  test('that chatters alarms, and fills no ledger', async () => {
    const site = openSet(named)
    for (let n = 0; n < 400; n += 1) {
      site.handle(fire(n % 2 === 0))
      site.clock.advance(20)
    }
    await vi.waitFor(() => expect(site.types().filter((type) => type === 'fire.alarmed')).toHaveLength(8))
    expect(site.doors.stateOf(frontDoor)).toBe('free')
    expect(site.events().length).toBeLessThan(60)
  })

  test('still releases after a restart, until it says that it is at rest', async () => {
    const first = openSet(named)
    first.handle(fire(true))
    await told(first, ['fire'])
    first.db.close()
    const second = openSet(named, first.folder)
    second.clock.advance(minute)
    pass(second, 2)
    expect(second.doors.stateOf(frontDoor)).toBe('free')
    second.handle(fire(false))
    await told(second, ['fire', 'over'])
  })
})
