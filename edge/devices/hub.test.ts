import type { DeviceId } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import { afterEach, describe, expect, test } from 'vitest'
import { openPtyWire } from './simulators/pty-wire.ts'
import { createSimulatedBoard, simulateBoardOn } from './simulators/simulated-board.ts'
import { createSimulatedReaders } from './simulators/simulated-readers.ts'
import { createSimulatedSigns } from './simulators/simulated-signs.ts'
import { gpioLoop } from './testing/gpio-loop.ts'
import { device, deviceRow, Heard, startHub } from './testing/hub-harness.ts'
import { onoffDouble } from './testing/onoff-double.ts'

const listen = { host: '127.0.0.1', port: 0 }
const closing: (() => Promise<void>)[] = []
const closeLater = <T extends { close(): Promise<void> }>(thing: T): T => {
  closing.unshift(() => thing.close())
  return thing
}

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const rows = (entries: Record<string, DirectoryBody<'device'>>) =>
  new Map<DeviceId, DirectoryBody<'device'>>(
    Object.entries(entries).map(([id, row]) => [device(id), row] as const),
  )
const tcp = (port: number) => ({ kind: 'tcp' as const, host: '127.0.0.1', port })

const doorDevices = {
  strike: deviceRow('generic/relay-strike', 'boards', { output: 1 }),
  contact: deviceRow('generic/door-contact', 'boards', { input: 1 }),
  exit: deviceRow('generic/exit-button', 'boards', { input: 2 }),
}

async function doorSite() {
  const board = closeLater(await createSimulatedBoard({ listen }))
  const started = await startHub({ devices: rows(doorDevices), buses: { boards: tcp(board.port) } })
  closing.unshift(() => started.hub.stop())
  await started.heard.next((event) => event.kind === 'contact')
  return { board, ...started }
}

describe('a door on a relay board over TCP', () => {
  test('a strike pulse switches the relay on, is confirmed, and the board itself ends it', async () => {
    const { board, hub } = await doorSite()
    const relay = new Heard<boolean>()
    board.output(1).onChange(relay.add)
    expect(await hub.strike(device('strike'), { pulseMs: 300 })).toEqual({ outcome: 'done' })
    expect(board.output(1).on).toBe(true)
    await hub.stop()
    await relay.next((on) => !on)
    expect(relay.all).toEqual([true, false])
  })

  test('reports the contact when first known and at each change', async () => {
    const { board, heard } = await doorSite()
    expect(await heard.next((event) => event.kind === 'contact')).toEqual({
      kind: 'contact',
      deviceId: 'contact',
      closed: false,
    })
    board.input(1).set(true)
    expect(await heard.next((event) => event.kind === 'contact' && event.closed)).toBeDefined()
  })

  test('reports a press of the exit button once', async () => {
    const { board, heard } = await doorSite()
    board.input(2).set(true)
    await heard.next((event) => event.kind === 'button')
    board.input(2).set(false)
    board.input(1).set(true)
    await heard.next((event) => event.kind === 'contact' && event.closed)
    expect(heard.all.filter((event) => event.kind === 'button')).toEqual([
      { kind: 'button', deviceId: 'exit' },
    ])
  })

  test('a board that hangs makes the outcome unknown and its devices offline, then they come back', async () => {
    const { board, hub, heard } = await doorSite()
    board.setSilent(true)
    const outcome = await hub.strike(device('strike'), { pulseMs: 300 })
    expect(outcome).toEqual({ outcome: 'unknown', detail: 'no_reply' })
    await heard.next((event) => event.kind === 'status' && !event.online && event.deviceId === 'strike')
    const from = heard.all.length
    board.setSilent(false)
    await heard.next((event) => event.kind === 'status' && event.online && event.deviceId === 'strike', from)
    expect(await hub.strike(device('strike'), { pulseMs: 300 })).toEqual({ outcome: 'done' })
  })

  test('a cut cable fails a pulse at once, and the link comes back by itself', async () => {
    const { board, hub, heard } = await doorSite()
    const from = heard.all.length
    board.drop()
    await heard.next((event) => event.kind === 'status' && !event.online, from)
    expect(await hub.strike(device('strike'), { pulseMs: 300 })).toEqual({
      outcome: 'failed',
      detail: 'link_down',
    })
    await heard.next((event) => event.kind === 'status' && event.online && event.deviceId === 'strike', from)
  })

  test('garbage on the line is counted and logged once, and hides nothing', async () => {
    const { board, hub, heard, log } = await doorSite()
    for (let round = 0; round < 50; round += 1) board.babble(Uint8Array.from([1, 2, 1, 0xff, 0, 0x55, 1]))
    board.input(1).set(true)
    await heard.next((event) => event.kind === 'contact' && event.closed)
    expect(await hub.strike(device('strike'), { pulseMs: 300 })).toEqual({ outcome: 'done' })
    expect(log.lines.filter(({ message }) => message.includes('not understood'))).toHaveLength(1)
  })

  test('refuses what is no strike, an unknown device and a nonsensical pulse', async () => {
    const { hub } = await doorSite()
    const detail = async (id: string, pulseMs: number) => (await hub.strike(device(id), { pulseMs })).detail
    expect(await detail('contact', 500)).toBe('not_a_strike')
    expect(await detail('nowhere', 500)).toBe('unknown_device')
    expect(await detail('strike', Number.NaN)).toBe('wrong_pulse')
    expect(await detail('strike', -5)).toBe('wrong_pulse')
    expect((await hub.barrier(device('strike')).vend({ pulseMs: 500 })).detail).toBe('not_a_barrier')
  })
})

describe('other carriers of relays and contacts', () => {
  test('GPIO lines serve the same device rows', async () => {
    const { gpio, lines } = onoffDouble()
    const config = {
      kind: 'gpio' as const,
      chip: 'test',
      outputs: { 1: 4 },
      inputs: { 1: 5, 2: 6 },
      outputsActiveLow: false,
      inputsActiveLow: true,
    }
    const { hub, heard } = await startHub({
      devices: rows(doorDevices),
      buses: { boards: config },
      openTransport: (_bus, _config, handlers) => gpioLoop(config, gpio)(handlers),
    })
    closing.unshift(() => hub.stop())
    await heard.next((event) => event.kind === 'contact')
    expect(await hub.strike(device('strike'), { pulseMs: 200 })).toEqual({ outcome: 'done' })
    expect(lines.get(512 + 4)?.writes).toEqual([1])
    lines.get(512 + 6)?.listener?.(null, 1)
    await heard.next((event) => event.kind === 'button' && event.deviceId === 'exit')
  })

  test('a serial line serves them too', async () => {
    const { wire, board } = await simulateBoardOn(openPtyWire)
    closeLater(board)
    const { hub, heard } = await startHub({
      devices: rows(doorDevices),
      buses: { boards: { kind: 'serial', path: wire.path, baudRate: 9600 } },
    })
    closing.unshift(() => hub.stop())
    await heard.next((event) => event.kind === 'contact')
    expect(await hub.strike(device('strike'), { pulseMs: 200 })).toEqual({ outcome: 'done' })
    board.input(2).set(true)
    await heard.next((event) => event.kind === 'button' && event.deviceId === 'exit')
  })
})

describe('a line of readers and a line of signs', () => {
  test('reports cards and PINs of the addressed reader, through garbage', async () => {
    const readers = closeLater(await createSimulatedReaders({ listen }))
    const { hub, heard } = await startHub({
      devices: rows({
        r1: deviceRow('generic/wiegand-ascii-reader', 'readers', { address: 1 }),
        r2: deviceRow('generic/wiegand-ascii-reader', 'readers', { address: 2 }),
      }),
      buses: { readers: tcp(readers.port) },
    })
    closing.unshift(() => hub.stop())
    await heard.next((event) => event.kind === 'status' && event.online && event.deviceId === 'r2')
    readers.babble(Uint8Array.from([0xff, 0xfe, 0x0d]))
    readers.reader(2).tap('12345678')
    readers.reader(1).enterPin('4711')
    expect(await heard.next((event) => event.kind === 'pin')).toEqual({
      kind: 'pin',
      deviceId: 'r1',
      digits: '4711',
    })
    expect(heard.all.filter((event) => event.kind === 'card')).toEqual([
      { kind: 'card', deviceId: 'r2', number: '12345678' },
    ])
  })

  test('reports a code that is held before its reader once, and none that is too long', async () => {
    const readers = closeLater(await createSimulatedReaders({ listen }))
    const { hub, heard } = await startHub({
      devices: rows({ r1: deviceRow('generic/code-reader', 'readers', { address: 1 }) }),
      buses: { readers: tcp(readers.port) },
    })
    closing.unshift(() => hub.stop())
    await heard.next((event) => event.kind === 'status' && event.online)
    const shown = 'GHP'.padEnd(1_300, '7')
    for (const text of [shown, shown, 'x'.repeat(1_400), shown, 'GHP2']) readers.reader(1).showCode(text)
    await heard.next((event) => event.kind === 'code' && event.text === 'GHP2')
    expect(heard.all.filter((event) => event.kind === 'code')).toEqual(
      [shown, 'GHP2'].map((text) => ({ kind: 'code', deviceId: 'r1', text })),
    )
  })

  test('shows the latest content on each sign, again after the line was cut', async () => {
    const signs = closeLater(await createSimulatedSigns({ listen, addresses: [1, 2] }))
    const { hub, heard } = await startHub({
      devices: rows({
        s1: deviceRow('generic/level-sign', 'signs', { address: 1 }),
        s2: deviceRow('generic/level-sign', 'signs', { address: 2 }),
        dead: deviceRow('generic/level-sign', 'signs', { address: 9 }),
      }),
      buses: { signs: tcp(signs.port) },
    })
    closing.unshift(() => hub.stop())
    await heard.next((event) => event.kind === 'status' && event.online && event.deviceId === 's2')
    const shows = await Promise.all([
      hub.display(device('dead'), { free: 1, full: false }),
      hub.display(device('s1'), { free: 17, full: false }),
      hub.display(device('s2'), { free: 0, full: true }),
    ])
    expect(shows.map(({ outcome }) => outcome)).toEqual(['unknown', 'done', 'done'])
    expect(signs.shown(1)).toEqual({ kind: 'free', free: 17 })
    expect(signs.shown(2)).toEqual({ kind: 'full' })
    const shown = new Heard<number>()
    signs.onShow(shown.add)
    signs.drop()
    await shown.next((address) => address === 2)
  })
})

describe('a changing directory', () => {
  test('devices appear, move and disappear while the rest goes on', async () => {
    const { board, hub, heard } = await doorSite()
    const from = heard.all.length
    hub.reconfigure(
      rows({
        strike: { ...doorDevices.strike, name: 'renamed' },
        second: deviceRow('generic/relay-strike', 'boards', { output: 2 }),
        exit: deviceRow('generic/exit-button', 'boards', { input: 5 }),
      }),
    )
    expect(await hub.strike(device('second'), { pulseMs: 300 })).toEqual({ outcome: 'done' })
    expect(await hub.strike(device('strike'), { pulseMs: 300 })).toEqual({ outcome: 'done' })
    board.input(1).set(true)
    board.input(5).set(true)
    await heard.next((event) => event.kind === 'button' && event.deviceId === 'exit', from)
    expect(heard.all.slice(from).filter((event) => event.kind === 'contact')).toEqual([])
    const status = hub.status()
    expect(status.map(({ deviceId }) => deviceId).sort()).toEqual(['exit', 'second', 'strike'])
    expect(status.find(({ deviceId }) => deviceId === 'strike')).toMatchObject({
      name: 'renamed',
      online: true,
    })
  })

  test('a row that cannot be served is offline with the reason, and harms nobody', async () => {
    const board = closeLater(await createSimulatedBoard({ listen }))
    const { hub } = await startHub({
      devices: rows({
        strike: doorDevices.strike,
        odd: deviceRow('nobody/knows', 'boards', {}),
        lost: deviceRow('generic/relay-strike', 'elsewhere', { output: 1 }),
        vague: deviceRow('generic/relay-strike', 'boards', {}),
        mixed: deviceRow('generic/level-sign', 'boards', {}),
        sensor: deviceRow('zigbee2mqtt/bay-sensor', undefined, { topic: 'zigbee2mqtt/a' }),
      }),
      buses: { boards: tcp(board.port) },
    })
    closing.unshift(() => hub.stop())
    const details = Object.fromEntries(hub.status().map(({ deviceId, detail }) => [deviceId, detail]))
    expect(details).toMatchObject({
      odd: 'unknown_profile',
      lost: 'unknown_bus',
      vague: 'missing_parameter:output',
      mixed: 'bus_conflict',
      sensor: 'no_broker',
    })
    expect((await hub.strike(device('lost'), { pulseMs: 300 })).detail).toBe('unknown_bus')
  })

  test('one unit that does not answer leaves its neighbour on the line quick', async () => {
    const board = closeLater(await createSimulatedBoard({ listen, units: [1] }))
    const { hub, heard } = await startHub({
      devices: rows({
        strike: doorDevices.strike,
        contact: doorDevices.contact,
        ghost: deviceRow('generic/relay-strike', 'boards', { unit: 2, output: 1 }),
      }),
      buses: { boards: tcp(board.port) },
    })
    closing.unshift(() => hub.stop())
    await heard.next((event) => event.kind === 'status' && event.deviceId === 'ghost' && !event.online)
    expect(await hub.strike(device('strike'), { pulseMs: 300 })).toEqual({ outcome: 'done' })
    expect(hub.status().find(({ deviceId }) => deviceId === 'ghost')).toMatchObject({ detail: 'no_reply' })
  })
})
