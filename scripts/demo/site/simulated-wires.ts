import { createSimulatedBoard, type SimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import {
  createSimulatedOsdpReaders,
  type SimulatedOsdpReaders,
} from '@gatehouse/edge/devices/simulators/simulated-osdp-readers'
import {
  createSimulatedPrinter,
  type SimulatedPrinter,
} from '@gatehouse/edge/devices/simulators/simulated-printer'
import {
  createSimulatedKioskReader,
  createSimulatedReaders,
  type SimulatedLineReader,
  type SimulatedReader,
  type SimulatedReaders,
} from '@gatehouse/edge/devices/simulators/simulated-readers'
import { createSimulatedSigns, type SimulatedSigns } from '@gatehouse/edge/devices/simulators/simulated-signs'
import { listenForEdge } from '@gatehouse/edge/devices/simulators/socket-server'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import type { Random } from '@gatehouse/shared/random/random'
import { rowsOf, type WorldRow } from '../world/rows.ts'
import type { DemoBus } from './buses.ts'
import { DoorSimulation } from './door-simulation.ts'
import type { LaneWires } from './lane-simulation.ts'

/** Everything of a site that hangs on a wire, listening over TCP. */
export interface SimulatedWires {
  readonly doors: ReadonlyMap<string, DoorSimulation>
  /** The readers of doors and the scanners of exits by device id. */
  readonly readers: ReadonlyMap<string, DemoReader>
  readonly lanes: ReadonlyMap<string, LaneWires>
  readonly kioskReader: SimulatedReader | undefined
  readonly signs: SimulatedSigns | undefined
  /** Printers by the name of their bus. */
  readonly printers: ReadonlyMap<string, SimulatedPrinter>
  close(): Promise<void>
}

/** A reader of the demo; not every one reads tickets and codes. */
export type DemoReader = SimulatedReader & Partial<SimulatedLineReader>

/** What the devices of a site are opened with. */
export interface WireSettings {
  readonly host: string
  /** Keys of the readers on OSDP by device id; the edge has the same. */
  readonly readerKeys: ReadonlyMap<string, Uint8Array>
  readonly random: Random
}

interface Open {
  readonly boards: Map<string, SimulatedBoard>
  readonly readers: Map<string, SimulatedReaders>
  readonly osdp: Map<string, SimulatedOsdpReaders & { close(): Promise<void> }>
  kioskReader: (SimulatedReader & { close(): Promise<void> }) | undefined
  signs: SimulatedSigns | undefined
  readonly printers: Map<string, SimulatedPrinter>
}

/** Starts the simulated devices of all wires of a site; throws when a port cannot be had. */
export async function openWires(
  rows: readonly WorldRow[],
  buses: readonly DemoBus[],
  settings: WireSettings,
): Promise<SimulatedWires> {
  const open: Open = {
    boards: new Map(),
    readers: new Map(),
    osdp: new Map(),
    kioskReader: undefined,
    signs: undefined,
    printers: new Map(),
  }
  for (const bus of buses) await openBus(open, bus, settings)
  return {
    doors: wireDoors(rows, open),
    readers: wireReaders(rows, open, settings.readerKeys),
    lanes: wireLanes(rows, open),
    kioskReader: open.kioskReader,
    signs: open.signs,
    printers: open.printers,
    close: async () => {
      for (const board of open.boards.values()) await board.close()
      for (const readers of open.readers.values()) await readers.close()
      for (const line of open.osdp.values()) await line.close()
      await open.kioskReader?.close()
      await open.signs?.close()
      for (const printer of open.printers.values()) await printer.close()
    },
  }
}

async function openBus(open: Open, bus: DemoBus, { host, random }: WireSettings): Promise<void> {
  const { addresses } = bus
  const listen = { host, port: bus.port }
  switch (bus.kind) {
    case 'boards':
      open.boards.set(bus.name, await createSimulatedBoard({ listen, units: addresses }))
      return
    case 'readers':
      open.readers.set(bus.name, await createSimulatedReaders({ listen }))
      return
    case 'osdp': {
      const openWire = (onBytes: Parameters<typeof listenForEdge>[1]) => listenForEdge(listen, onBytes)
      open.osdp.set(bus.name, await createSimulatedOsdpReaders({ openWire, addresses, random }))
      return
    }
    case 'kiosk-reader':
      open.kioskReader = await createSimulatedKioskReader({ listen })
      return
    case 'printer':
      open.printers.set(bus.name, await createSimulatedPrinter({ listen }))
      return
    default:
      open.signs = await createSimulatedSigns({ listen, addresses })
  }
}

function wireDoors(rows: readonly WorldRow[], open: Open): Map<string, DoorSimulation> {
  const at = terminals(rows, open)
  return new Map(
    rowsOf(rows, 'door').map(({ key, body }) => [
      key,
      new DoorSimulation({
        strike: at.output(body.strikeDeviceId, 'output'),
        contact: at.input(body.contactDeviceId ?? '', 'input'),
        exitButton: at.input(body.exitButtonDeviceId ?? '', 'input'),
      }),
    ]),
  )
}

function wireLanes(rows: readonly WorldRow[], open: Open): Map<string, LaneWires> {
  const at = terminals(rows, open)
  return new Map(
    rowsOf(rows, 'lane').map(({ key, body }) => [
      key,
      {
        vend: at.output(body.barrierDeviceId, 'vendOutput'),
        approach: at.input(body.barrierDeviceId, 'approachInput'),
        safety: at.input(body.barrierDeviceId, 'safetyInput'),
        button:
          body.ticketButtonDeviceId === undefined ? undefined : at.input(body.ticketButtonDeviceId, 'input'),
      },
    ]),
  )
}

function wireReaders(
  rows: readonly WorldRow[],
  open: Open,
  readerKeys: WireSettings['readerKeys'],
): Map<string, DemoReader> {
  const readers = new Map<string, DemoReader>()
  for (const { key, body } of rowsOf(rows, 'device')) {
    const address = Number(body.parameters.address ?? 1)
    const line = open.readers.get(body.bus ?? '')
    if (line !== undefined) readers.set(key, line.reader(address))
    const secure = open.osdp.get(body.bus ?? '')?.readers.find((reader) => reader.address === address)
    if (secure === undefined) continue
    secure.firmware.key = readerKeys.get(key)
    readers.set(key, secure)
  }
  return readers
}

/** Finds the terminal that a device row is wired to. */
function terminals(rows: readonly WorldRow[], open: Open) {
  const devices = new Map(rowsOf(rows, 'device').map(({ key, body }) => [key, body]))
  const unitOf = (deviceId: string, parameter: string) => {
    const device = devices.get(deviceId)
    const board = open.boards.get(device?.bus ?? '')
    const channel = Number(device?.parameters[parameter])
    if (device === undefined || board === undefined || !Number.isInteger(channel)) {
      const hint = `The demo world wires ${deviceId} (${parameter}) to nothing.`
      throw new SiteError({ code: 'world_broken', op: 'demo.wires', hint, retryable: false })
    }
    return { unit: board.unit(Number(device.parameters.unit ?? 1)), channel }
  }
  return {
    input: (deviceId: string, parameter: string) => {
      const { unit, channel } = unitOf(deviceId, parameter)
      return unit.input(channel)
    },
    output: (deviceId: string, parameter: string) => {
      const { unit, channel } = unitOf(deviceId, parameter)
      return unit.output(channel)
    },
  }
}
