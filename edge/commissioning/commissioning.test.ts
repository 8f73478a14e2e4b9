import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deviceIdSchema } from '@gatehouse/shared/ids/ids'
import { afterEach, describe, expect, test } from 'vitest'
import { accessModule } from '../access/access-module.ts'
import { passKnowledge } from '../access/pass-keys.ts'
import { installedCatalogue } from '../devices/profile-folder.ts'
import { openStaffSite } from '../staff/testing/staff-site.ts'
import { BusTraces } from './bus-traces.ts'
import { commissioningModule } from './commissioning-module.ts'
import { DeviceNotes } from './device-notes.ts'
import { commissioningRoutes } from './routes.ts'
import { SettledEffects } from './settled-effects.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})
const buses = { boards: { kind: 'tcp', host: '127.0.0.1', port: 1 } } as const
const device = (key: string, profile: string, parameters: object) => ({
  kind: 'device',
  key,
  body: { name: key, profile, bus: 'boards', parameters },
})
const wired = { board: 'waveshare/modbus-rtu-relay-d', unit: 1 }
const door = {
  kind: 'door',
  key: 'front',
  body: {
    ...{ name: 'Front door', levelId: 'l-0', public: true, pulseMs: 3000, at: { x: 0, y: 0 } },
    ...{ readerDeviceId: 'reader', strikeDeviceId: 'strike', contactDeviceId: 'contact' },
  },
}

/** A site with a strike, a contact, a reader and something that no profile describes; effects are noted, not done. */
async function open() {
  const done: [kind: string, body: Readonly<Record<string, unknown>>][] = []
  const notes: DeviceNotes[] = []
  const site = openStaffSite(join(mkdtempSync(join(tmpdir(), 'devices-')), 'site.sqlite'), {
    modules: (directory) => [
      accessModule({
        ...{ directory, bookingsOf: () => [], directoryAgeMs: () => 0 },
        passes: passKnowledge(directory, { cloudPublicKey: '' }),
        bookingOfPass: () => ({ booking: { kind: 'unknown' }, events: [] }),
      }),
      commissioningModule({ directory, profiles: () => installedCatalogue().profiles }),
    ],
    effects: (['strike', 'device_test'] as const).map((kind) => ({
      ...{ kind, afterCrash: 'unknown' as const },
      perform: async ({ body }) => {
        done.push([kind, body])
        return { outcome: 'failed', detail: 'no_reply' }
      },
    })),
    routes: ({ kernel, directory, clock, random, sessions }) => {
      const note = new DeviceNotes(clock)
      notes.push(note)
      return [
        commissioningRoutes({
          ...{ kernel, directory, clock, random, sessions, buses, notes: note, ...installedCatalogue() },
          ...{
            traces: new BusTraces({ clock, familyOf: () => 'modbus' }),
            settled: new SettledEffects(kernel),
          },
          status: () => [],
        }),
      ]
    },
  })
  closing.push(() => site.close())
  site.apply(
    door,
    device('strike', 'generic/relay-strike', { ...wired, output: 1 }),
    device('contact', 'generic/door-contact', { ...wired, input: 1 }),
    device('reader', 'generic/osdp-reader', { address: 3 }),
    device('unheard-of', 'nobody/knows', {}),
  )
  const { cookie } = await site.logIn()
  const list = () => site.call('GET', '/admin/devices', undefined, cookie)
  const press = (id: string, body: object) => site.call('POST', `/admin/devices/${id}/tests`, body, cookie)
  const [note] = notes
  return { site, list, press, done, hear: (event: object) => note?.hear(event as never) }
}

describe('the device page of a site', () => {
  test('is for those who are logged in', async () => {
    const { site } = await open()
    expect((await site.call('GET', '/admin/devices')).status).toBe(401)
    expect((await site.call('POST', '/admin/devices/strike/tests', {})).status).toBe(401)
  })

  test('lists every device with its place, what rests on it, its inputs and its wiring', async () => {
    const { list, hear } = await open()
    const deviceId = deviceIdSchema.parse('contact')
    hear({ kind: 'contact', deviceId, closed: true })
    hear({ kind: 'contact', deviceId, closed: false })
    const { items, buses: lines } = (await list()).answer as never as {
      items: Record<string, unknown>[]
      buses: unknown[]
    }
    const of = (id: string) => items.find((item) => item.deviceId === id)
    expect(of('strike')).toMatchObject({
      ...{
        standing: 'offline',
        tests: ['pulse_strike'],
        place: { kind: 'bus', bus: 'boards', address: '1' },
      },
      serves: [{ kind: 'door', name: 'Front door', as: 'strike' }],
    })
    expect(of('contact')).toMatchObject({
      events: 2,
      inputs: [{ input: 'contact', isActive: false, changes: 2 }],
    })
    expect(of('unheard-of')).toMatchObject({ standing: 'trouble', tests: [] })
    expect(lines).toMatchObject([{ bus: 'boards', kind: 'tcp', sent: 0, exchanges: [] }])
  })

  test('shows no card, no digits and no plate', async () => {
    const { list, hear } = await open()
    const deviceId = deviceIdSchema.parse('reader')
    hear({ kind: 'card', deviceId, number: '98765432' })
    hear({ kind: 'pin', deviceId, digits: '98765432' })
    const { answer } = await list()
    expect(JSON.stringify(answer)).not.toContain('98765432')
    expect(
      (answer.items as Record<string, unknown>[]).find((item) => item.deviceId === deviceId),
    ).toMatchObject({
      events: 2,
    })
  })
})

describe('a device that is tried by hand', () => {
  test('is an entry with who and why before anything moves, and tells what came of it', async () => {
    const { site, press, done } = await open()
    const answered = await press('strike', { test: 'pulse_strike', reason: 'installation' })
    expect(answered).toMatchObject({ status: 200, answer: { outcome: 'failed', detail: 'no_reply' } })
    expect(done).toMatchObject([['strike', { deviceId: 'strike', pulseMs: 3000 }]])
    expect(site.entries().slice(1)).toMatchObject([
      {
        type: 'device.tested',
        body: { deviceId: 'strike', by: 'us_1', reason: 'installation', doorId: 'front' },
      },
      { type: 'effect.settled' },
    ])
  })

  test('opens no door during a lockdown; a reader may blink', async () => {
    const { site, press, done } = await open()
    await site.kernel.submit({
      ...{ kind: 'lockdownFromAfar', caller: 'cloud', key: 'lockdown-1' },
      input: {
        ...{ act: { kind: 'startLockdown' }, by: 'us_2', requestId: 'rq_1', validMs: 10_000 },
        ...{ bootId: site.clock.now().bootId, monotonicMs: site.clock.now().monotonicMs },
      },
    })
    expect(await press('strike', { test: 'pulse_strike', reason: 'drill' })).toMatchObject({
      ...{ status: 403, answer: { code: 'lockdown' } },
    })
    expect((await press('reader', { test: 'blink_reader', reason: 'drill' })).status).toBe(200)
    expect(done.map(([kind]) => kind)).toEqual(['device_test'])
  })

  test('leaves a door alone that the fire alarm released', async () => {
    const { site, press, done } = await open()
    site.apply({ ...door, body: { ...door.body, fireDeviceId: 'fire' } })
    const input = { deviceId: 'fire', active: true }
    await site.kernel.submit({ kind: 'reportFire', caller: 'device:fire', key: 'fire-1', input })
    expect(await press('strike', { test: 'pulse_strike', reason: 'drill' })).toMatchObject({
      ...{ status: 403, answer: { code: 'fire_alarm' } },
    })
    expect(done).toEqual([])
  })

  test('releases a door of an interlock only while the others are known to be shut', async () => {
    const { site, press, done } = await open()
    const lock = { ...door.body, interlock: 'mantrap' }
    const inner = { ...lock, readerDeviceId: 'reader-2', strikeDeviceId: 'strike-2' }
    site.apply(
      { ...door, body: lock },
      { ...door, key: 'inner', body: { ...inner, contactDeviceId: 'contact-2' } },
      device('strike-2', 'generic/relay-strike', { ...wired, output: 2 }),
    )
    const pulse = () => press('strike-2', { test: 'pulse_strike', reason: 'installation' })
    expect(await pulse()).toMatchObject({ status: 409, answer: { code: 'interlock' } })
    expect(done).toEqual([])
    const input = { doorId: 'front', state: 'closed' }
    await site.kernel.submit({ kind: 'reportDoor', caller: 'device:contact', key: 'closed-1', input })
    expect((await pulse()).status).toBe(200)
    expect(done.map(([, { deviceId }]) => deviceId)).toEqual(['strike-2'])
  })

  test('is refused for what it cannot do, without a reason, or when nobody knows it', async () => {
    const { press, done } = await open()
    expect(await press('contact', { test: 'pulse_strike', reason: 'fault' })).toMatchObject({
      ...{ status: 422, answer: { code: 'test_does_not_fit' } },
    })
    expect((await press('strike', { test: 'pulse_strike' })).status).toBe(422)
    expect((await press('strike', { test: 'pulse_strike', reason: 'because' })).status).toBe(422)
    expect((await press('nothing', { test: 'pulse_strike', reason: 'fault' })).status).toBe(404)
    expect(done).toEqual([])
  })
})
