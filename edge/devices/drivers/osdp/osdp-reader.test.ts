import { SeededRandom } from '@gatehouse/shared/random/random'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { afterEach, describe, expect, test } from 'vitest'
import type { BusConfig } from '../../bus-config.ts'
import type { DeviceEvent } from '../../hub.ts'
import { openPtyWire } from '../../simulators/pty-wire.ts'
import {
  createSimulatedOsdpReaders,
  type SimulatedOsdpReaders,
} from '../../simulators/simulated-osdp-readers.ts'
import { listenForEdge, type Wire } from '../../simulators/socket-server.ts'
import { device, deviceRow, type Heard, startHub } from '../../testing/hub-harness.ts'
import type { ReaderKeys, ReaderSecrets } from './reader-keys.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Keys as a disk keeps them. */
class KeysInMemory implements ReaderKeys {
  readonly kept = new Map<string, ReaderSecrets>()
  isFull = false
  read(deviceId: string) {
    return this.kept.get(deviceId)
  }
  write(deviceId: string, secrets: ReaderSecrets) {
    if (this.isFull) return false
    this.kept.set(deviceId, secrets)
    return true
  }
}

const minute = 60_000
const ownKey = Uint8Array.from(Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex'))
const r1 = device('r1')
const r2 = device('r2')

async function tcpLine(addresses: readonly number[]) {
  const line = await createSimulatedOsdpReaders({
    openWire: (onBytes) => listenForEdge({ host: '127.0.0.1', port: 0 }, onBytes),
    addresses,
    random: new SeededRandom(3),
  })
  return { line, bus: { kind: 'tcp', host: '127.0.0.1', port: line.port } as const }
}

async function ptyLine(addresses: readonly number[]) {
  const line = await createSimulatedOsdpReaders({
    openWire: (onBytes) => openPtyWire(onBytes),
    addresses,
    random: new SeededRandom(3),
  })
  return { line, bus: { kind: 'serial', path: line.path, baudRate: 115_200 } as const }
}

async function site(
  { line, bus }: { line: SimulatedOsdpReaders & Wire; bus: BusConfig },
  ids: readonly string[] = ['r1'],
) {
  const keys = new KeysInMemory()
  const rows = line.readers.map(({ address }, index): readonly [string, DirectoryBody<'device'>] => [
    ids[index] ?? `r${index + 1}`,
    deviceRow('generic/osdp-reader', 'readers', { address }),
  ])
  const start = async () => {
    const devices = new Map(rows.map(([id, row]) => [device(id), row]))
    const { hub, heard } = await startHub({ devices, buses: { readers: bus }, readerKeys: keys })
    return { hub, heard }
  }
  closing.push(async () => line.close())
  const first = await start()
  closing.unshift(() => first.hub.stop())
  return { ...first, keys, line }
}

/** A reader whose key was set on the bench. */
async function keyedSite(
  addresses: readonly number[] = [0],
  more: DirectoryBody<'device'>['parameters'] = {},
) {
  const wire = await tcpLine(addresses)
  const keys = new KeysInMemory()
  for (const [index, reader] of wire.line.readers.entries()) {
    reader.firmware.key = ownKey
    keys.kept.set(`r${index + 1}`, { key: ownKey })
  }
  const rows = wire.line.readers.map(
    ({ address }, index) =>
      [device(`r${index + 1}`), deviceRow('generic/osdp-reader', 'readers', { address, ...more })] as const,
  )
  const started = await startHub({ devices: new Map(rows), buses: { readers: wire.bus }, readerKeys: keys })
  closing.push(
    () => started.hub.stop(),
    () => wire.line.close(),
  )
  for (const [index] of rows.entries()) await online(started.heard, `r${index + 1}`)
  return { ...started, keys, line: wire.line, reader: wire.line.readers[0]! }
}

const online = (heard: Heard<DeviceEvent>, id: string, from = 0) =>
  heard.next((event) => event.kind === 'status' && event.online && event.deviceId === id, from)
const offline = (heard: Heard<DeviceEvent>, id: string, from = 0) =>
  heard.next((event) => event.kind === 'status' && !event.online && event.deviceId === id, from)

describe.each([
  ['a socket', tcpLine],
  ['a pseudo-terminal', ptyLine],
])('over %s', (_, openLine) => {
  test('a reader is installed, keyed, used, restarted and tampered with', async () => {
    const { hub, heard, keys, line } = await site(await openLine([5]))
    const reader = line.readers[0]!
    await offline(heard, 'r1')
    expect(reader.firmware.isSecure).toBe(false)

    expect(hub.openInstallWindow(r1, 5 * minute)).toEqual({ ok: true, value: undefined })
    await online(heard, 'r1')
    expect(hub.openInstallWindow(r1, minute)).toEqual({ ok: false, error: 'reader_online' })
    const key = keys.kept.get('r1')!
    expect(reader.firmware.key).toEqual(key.key)
    expect(key.facts?.identity.serial).toBe(1)
    expect(reader.firmware.isSecure).toBe(true)

    reader.tap('8065495')
    expect(await heard.next(({ kind }) => kind === 'card')).toEqual({
      kind: 'card',
      deviceId: 'r1',
      number: '8065495',
    })
    reader.enterPin('4711')
    expect(await heard.next(({ kind }) => kind === 'pin')).toEqual({
      kind: 'pin',
      deviceId: 'r1',
      digits: '4711',
    })
    expect(await hub.signal(r1, 'granted')).toEqual({ outcome: 'done' })
    expect(reader.firmware.obeyed.map(({ kind }) => kind)).toEqual(['led', 'buzzer'])

    const before = heard.all.length
    reader.restart()
    await online(heard, 'r1', before)
    reader.openCase(true)
    await heard.next((event) => event.kind === 'tamper' && event.active)
    reader.openCase(false)
    await heard.next((event) => event.kind === 'tamper' && !event.active)
    reader.tap('17')
    await heard.next((event) => event.kind === 'card' && event.number === '17')
  })
})

describe('a reader that should not be trusted', () => {
  test('gets no key outside the install window, and none when the disk does not take it', async () => {
    const wire = await tcpLine([0])
    const { hub, heard, keys, line } = await site(wire)
    await offline(heard, 'r1')
    expect(hub.status()[0]).toMatchObject({ online: false, detail: 'no_key' })
    expect(hub.openInstallWindow(r1, 0)).toEqual({ ok: false, error: 'wrong_time' })
    expect(hub.openInstallWindow(r1, 16 * minute)).toEqual({ ok: false, error: 'wrong_time' })
    expect(hub.openInstallWindow(r2, minute)).toEqual({ ok: false, error: 'unknown_device' })
    keys.isFull = true
    hub.openInstallWindow(r1, minute)
    await until(() => hub.status()[0]?.detail === 'key_not_stored')
    expect(line.readers[0]!.firmware.key).toBeUndefined()
    expect(keys.kept.size).toBe(0)
  })

  test('a card in clear opens nothing: the session ends with an alarm', async () => {
    const { heard, reader } = await keyedSite()
    reader.firmware.speaksInClear = true
    reader.tap('4711')
    expect(await heard.next(({ kind }) => kind === 'untrusted')).toMatchObject({ reason: 'plain_text' })
    expect(heard.all.filter(({ kind }) => kind === 'card')).toEqual([])
  })

  test('a wrong MAC ends the session with an alarm, and a new one begins', async () => {
    const { heard, reader } = await keyedSite()
    const before = heard.all.length
    reader.firmware.spoilsNextMac = true
    expect(await heard.next(({ kind }) => kind === 'untrusted')).toMatchObject({ reason: 'mac_failed' })
    await online(heard, 'r1', before)
    reader.tap('12')
    await heard.next((event) => event.kind === 'card' && event.number === '12')
  })

  test('one with another key, with the default key, or that can do less stays outside', async () => {
    const { heard, hub, reader, line } = await keyedSite()
    const { firmware } = reader
    const usual = firmware.facts
    const expectRefused = async (reason: string) => {
      const from = heard.all.length
      line.drop()
      expect(await heard.next(({ kind }) => kind === 'untrusted', from)).toMatchObject({ reason })
      expect(hub.status()[0]).toMatchObject({ online: false, detail: reason })
    }
    firmware.key = ownKey.map((byte) => byte ^ 1)
    await expectRefused('wrong_key')
    firmware.key = undefined
    await expectRefused('wrong_key')
    firmware.key = ownKey
    firmware.facts = { ...usual, capabilities: usual.capabilities.filter((can) => can.function !== 9) }
    await expectRefused('capability_downgraded')
  })
})

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a line with faults', () => {
  test('between two turns of readers that are silent, babble or send halves a good one has its own', async () => {
    const { heard, line } = await keyedSite([1, 2, 3, 4])
    const faults = ['silent', 'noise', 'half_frames'] as const
    const mark = line.asked.length
    for (const [index, fault] of faults.entries()) line.readers[index]!.fault = fault
    for (const id of ['r1', 'r2', 'r3']) await offline(heard, id)
    line.readers[3]!.tap('99')
    await heard.next((event) => event.kind === 'card' && event.deviceId === 'r4')
    // The first turns are those in which each of them is found out. A machine that stands still makes good ones late.
    const turns = line.asked.slice(mark + 8).join('')
    const pairs = turns.match(/[123](?=[123])/g)?.length ?? 0
    const bad = turns.match(/[123]/g)?.length ?? 0
    expect(bad).toBeGreaterThan(3)
    expect(pairs).toBeLessThan(bad / 3)
    for (const reader of line.readers) reader.fault = undefined
    const from = heard.all.length
    for (const id of ['r1', 'r2', 'r3']) await online(heard, id, from)
    expect(heard.all.filter((event) => event.kind === 'status' && event.deviceId === 'r4')).toHaveLength(1)
  })

  test('an answer that comes after the next question is taken for its own question or for none', async () => {
    const { heard, reader } = await keyedSite()
    const from = heard.all.length
    reader.fault = 'late'
    for (const card of ['1', '2', '3']) reader.tap(card)
    await heard.next((event) => event.kind === 'card' && event.number === '3')
    const cards = heard.all.slice(from).flatMap((event) => (event.kind === 'card' ? [event.number] : []))
    expect(cards).toEqual(['1', '2', '3'])
  })

  test('a reader that is busy is asked again and loses nothing', async () => {
    const { heard, reader } = await keyedSite()
    const from = heard.all.length
    reader.firmware.busy = 5
    reader.tap('77')
    await heard.next((event) => event.kind === 'card' && event.number === '77')
    expect(heard.all.slice(from).filter(({ kind }) => kind === 'status')).toEqual([])
  })

  test('two readers at one address, and swapped addresses, open nothing', async () => {
    const { heard, line, keys } = await keyedSite([1, 2])
    const [one, other] = line.readers
    const from = heard.all.length
    other!.firmware.key = ownKey.map((byte) => byte ^ 3)
    keys.kept.set('r2', { key: other!.firmware.key! })
    one!.address = 2
    other!.address = 1
    await heard.next((event) => event.kind === 'untrusted' && event.deviceId === 'r1', from)
    await heard.next((event) => event.kind === 'untrusted' && event.deviceId === 'r2', from)
    one!.tap('5')
    other!.tap('6')
    const mark = line.asked.length
    await until(() => line.asked.length > mark + 4)
    expect(heard.all.filter(({ kind }) => kind === 'card')).toEqual([])
  })

  test('a contact at an input of the reader is told when first known and as it changes, failing power too', async () => {
    const { heard, reader } = await keyedSite([0], { contactInput: 2, contactInverted: true })
    for (const active of [[false, false], [true, false], [false, true], [true]]) {
      reader.firmware.report({ kind: 'inputs', active })
    }
    for (const powerFailed of [true, true, false]) {
      reader.firmware.report({ kind: 'localStatus', tamper: false, powerFailed })
    }
    await heard.next((event) => event.kind === 'power' && !event.failed)
    const told = heard.all.flatMap((event) => {
      if (event.kind === 'contact') return [event.closed ? 'closed' : 'open']
      return event.kind === 'power' ? [event.failed ? 'power failed' : 'power'] : []
    })
    expect(told).toEqual(['closed', 'open', 'power failed', 'power'])
    const from = heard.all.length
    reader.firmware.inputs = [false, false]
    reader.restart()
    const after = await heard.next(({ kind }) => kind === 'contact', from)
    expect(after).toMatchObject({ deviceId: 'r1', closed: true })
  })

  test('a text is shown at the reader, and one that has no display says so', async () => {
    const { hub, reader } = await keyedSite()
    expect(await hub.display(r1, { lines: ['Grüße', 'gate 2'] })).toEqual({ outcome: 'done' })
    const text = { kind: 'text', reader: 0, text: 'Gr??e gate 2', forSeconds: 5 }
    expect(reader.firmware.obeyed).toContainEqual(text)
    reader.firmware.refuses.add('text')
    expect(await hub.display(r1, { lines: ['x'] })).toEqual({ outcome: 'failed', detail: 'reader_refused' })
  })

  test('two readers that were set to one address are told as such, and come back when they are apart', async () => {
    const { heard, line } = await keyedSite([1, 2])
    const from = heard.all.length
    line.readers[1]!.address = 1
    const told = await heard.next((event) => event.kind === 'untrusted' && event.deviceId === 'r1', from)
    expect(told).toMatchObject({ reason: 'address_shared' })
    line.readers[1]!.address = 2
    const mark = heard.all.length
    await online(heard, 'r1', mark)
    await online(heard, 'r2', from)
  })

  test('a reader that knows no CRC works with the 8-bit checksum over a socket', async () => {
    const { heard, reader, hub } = await keyedSite([0], { checksum: true })
    reader.tap('4711')
    expect(await heard.next(({ kind }) => kind === 'card')).toMatchObject({ number: '4711' })
    reader.enterPin('1234')
    expect(await heard.next(({ kind }) => kind === 'pin')).toMatchObject({ digits: '1234' })
    expect(await hub.signal(r1, 'granted')).toEqual({ outcome: 'done' })
    reader.restart()
    const from = heard.all.length
    await offline(heard, 'r1', from)
    await online(heard, 'r1', from)
    expect(reader.checks).toEqual(new Set(['checksum']))
  })

  test('a second row at an address that is taken is refused, with the reason', async () => {
    const wire = await tcpLine([4])
    const { hub } = await startHub({
      devices: new Map([
        [r1, deviceRow('generic/osdp-reader', 'readers', { address: 4 })],
        [r2, deviceRow('generic/osdp-reader', 'readers', { address: 4 })],
      ]),
      buses: { readers: wire.bus },
      readerKeys: new KeysInMemory(),
    })
    closing.push(
      () => hub.stop(),
      () => wire.line.close(),
    )
    expect(hub.status().find(({ deviceId }) => deviceId === r2)).toMatchObject({ detail: 'address_taken' })
  })
})
