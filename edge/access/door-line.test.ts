import { describe, expect, test, vi } from 'vitest'
import { checkRebuild } from '../ledger/rebuild.ts'
import { card, type DoorSite, frontDoor, openDoors } from './testing/door-site.ts'

const contact = (closed: boolean) => ({ kind: 'contact', deviceId: 'front-contact', closed })
const status = (online: boolean) => ({ kind: 'status', deviceId: 'front-contact', online })

/** A site whose front door is set like this. */
function openSet(set: object, folder?: string): DoorSite {
  const site = openDoors(folder, [], folder === undefined ? 5 : 6)
  const body = { ...site.directory.get('door', frontDoor), ...set }
  const row = { kind: 'door', key: frontDoor, body, epoch: 1, rev: 2 }
  site.directory.apply([row], { epoch: 1, rev: 2, handle: undefined, offset: '2' }, false)
  return site
}

function chatter(site: DoorSite, times = 40): void {
  for (let n = 0; n < times; n += 1) {
    site.handle(contact(n % 2 === 1))
    site.clock.advance(50)
  }
}

describe('a contact that chatters', () => {
  test('is one trouble and one incident, and no alarm for each opening that it claims', async () => {
    const site = openDoors()
    chatter(site, 400)
    await vi.waitFor(() => expect(site.types()).toContain('door.trouble_started'))
    expect(site.doors.stateOf(frontDoor)).toBe('trouble')
    const troubles = site.events().filter(({ body }) => body.kind === 'door_trouble')
    expect(troubles.map(({ body }) => body.about)).toEqual(['front/chatter'])
    expect(site.events().length).toBeLessThan(50)
    site.handle(contact(true))
    site.clock.advance(10_000)
    site.doors.tick()
    await vi.waitFor(() => expect(site.types()).toContain('door.trouble_ended'))
    expect(site.doors.stateOf(frontDoor)).toBe('locked')
    expect(checkRebuild(site.db, [site.module]).equal).toBe(true)
  })

  test('is the same trouble after a restart, told once, and over with the first sound word', async () => {
    const first = openDoors()
    chatter(first)
    await vi.waitFor(() => expect(first.types()).toContain('door.trouble_started'))
    await vi.waitFor(() => expect(first.types()).toContain('incident.opened'))
    const before = first.types().length
    first.db.close()
    const second = openSet({}, first.folder)
    second.handle(contact(true))
    await vi.waitFor(() =>
      expect(second.types().slice(before)).toEqual(['door.trouble_ended', 'door.state_changed']),
    )
  })
})

describe('a supervised line', () => {
  const line = (fault: string) => ({ kind: 'line', deviceId: 'front-contact', fault })

  test('that is cut or bridged is an incident and no opening, and over with the contact’s next word', async () => {
    const site = openDoors()
    site.handle(contact(true))
    site.handle(line('open_circuit'))
    site.handle(line('open_circuit'))
    site.handle(line('short'))
    site.clock.advance(1)
    site.handle(contact(true))
    await vi.waitFor(() => expect(site.types().at(-2)).toBe('door.trouble_ended'))
    const told = site.events().filter(({ type }) => type === 'incident.opened')
    expect(told.map(({ body }) => body.about)).toEqual(['front/open_circuit', 'front/short'])
    expect(site.doors.stateOf(frontDoor)).toBe('locked')
  })
})

describe('a contact whose board is silent', () => {
  test('is no alarm, and known again when the board answers although nothing changed', async () => {
    const site = openDoors()
    site.handle(contact(true))
    site.handle(status(false))
    expect(site.doors.stateOf(frontDoor)).toBe('trouble')
    site.handle(status(true))
    site.clock.advance(250)
    site.doors.tick()
    expect(site.doors.stateOf(frontDoor)).toBe('locked')
    await vi.waitFor(() => expect(site.types()).toEqual(['door.state_changed', 'door.state_changed']))
  })

  test.each([
    ['fail_secure', 'forced'],
    ['fail_safe', 'open'],
  ])('and finds the door of a %s lock open says %s', async (lock, state) => {
    const site = openSet({ lock })
    site.handle(contact(true))
    site.handle(status(false))
    site.handle(status(true))
    site.handle(contact(false))
    await vi.waitFor(() => expect(site.events().map(({ body }) => body.state)).toContain(state))
    expect(site.types().includes('incident.opened')).toBe(state === 'forced')
  })
})

describe('a door that is set', () => {
  const enter = async (site: DoorSite) => {
    site.handle(contact(true))
    site.handle(card('front-reader', '4711'))
    await vi.waitFor(() => expect(site.strikes).toEqual(['front-strike']))
    site.handle(contact(false))
  }

  test('to relock on open puts its lock to rest as the leaf opens', async () => {
    const site = openSet({ relock: 'on_open' })
    await enter(site)
    expect(site.locks).toEqual(['front:rest'])
  })

  test('to relock on close keeps it released while the leaf is open, and no longer', async () => {
    const site = openSet({ relock: 'on_close' })
    await enter(site)
    for (let n = 0; n < 10; n += 1) {
      site.clock.advance(1_000)
      site.doors.tick()
    }
    site.handle(contact(true))
    site.clock.advance(20_000)
    site.doors.tick()
    expect(site.locks).toEqual([...Array<string>(3).fill('front:keep'), 'front:rest'])
  })

  test('to warn does so at its reader every few seconds, then alarms at its own time', async () => {
    const site = openSet({ heldOpenMs: 20_000, heldOpenWarnMs: 5_000 })
    await enter(site)
    for (let second = 1; second <= 30; second += 1) {
      site.clock.advance(1_000)
      site.doors.tick()
    }
    await vi.waitFor(() => expect(site.types()).toContain('incident.opened'))
    expect(site.signals.filter((signal) => signal.endsWith('close_door'))).toHaveLength(2)
  })
})
