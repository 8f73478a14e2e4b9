import type { Clock } from '@gatehouse/shared/clock/clock'
import type { Random } from '@gatehouse/shared/random/random'
import type { WireConfig } from './bus-config.ts'
import type { BusFamily, PlannedDevice } from './device-plan.ts'
import type { Attachment, DeviceReport } from './drivers/attachment.ts'
import { EscposLine } from './drivers/escpos/escpos-printer.ts'
import { createGpioBoard } from './drivers/gpio-board.ts'
import { attachIoDevice } from './drivers/io-device.ts'
import { attachLevelSign } from './drivers/level-sign.ts'
import { createLineBus } from './drivers/line-bus.ts'
import { attachLineReader } from './drivers/line-device.ts'
import { createModbusBoards } from './drivers/modbus-board.ts'
import { createOsdpLine } from './drivers/osdp/osdp-line.ts'
import { attachOsdpReader } from './drivers/osdp/osdp-reader.ts'
import type { ReaderKeys } from './drivers/osdp/reader-keys.ts'
import { createWiegandWires } from './drivers/wiegand/wiegand-reader.ts'
import type { DeviceLogger } from './ports/device-logger.ts'
import type { ByteLink, ByteLinkHandlers } from './transports/byte-link.ts'
import { createGpioLink } from './transports/gpio.ts'
import { createGpioMonitor } from './transports/gpio-monitor.ts'
import { createSerialLink } from './transports/serial.ts'
import { createTcpLink } from './transports/tcp.ts'

/** The one owner of a bus, whatever is on it. */
export interface BusOwner {
  open(): void
  attach(device: PlannedDevice, report: DeviceReport): Attachment
  /** Tells which devices there are, before they are attached. */
  setDevices(devices: readonly PlannedDevice[]): void
  close(): Promise<void>
}

/** What every bus is opened with. */
export interface BusSurroundings {
  readonly clock: Clock
  readonly random: Random
  readonly logger: DeviceLogger
  readonly readerKeys: ReaderKeys
  readonly isInstalling: (deviceId: string) => boolean
  readonly openTransport: (bus: string, config: WireConfig, handlers: ByteLinkHandlers) => ByteLink
}

/** What is behind a serial server is not known; readers leave the factory with this. */
const slowestBaudRate = 9_600

/** Opens buses over TCP, serial ports, the keeper of GPIO lines and the watcher of Wiegand wires. */
export function openBus(random: Random): BusSurroundings['openTransport'] {
  return (_bus, config, handlers) => {
    if (config.kind === 'tcp') return createTcpLink({ ...config, handlers, random })
    if (config.kind === 'serial') return createSerialLink({ ...config, handlers, random })
    if (config.kind === 'wiegand') {
      const { chip, d0, d1 } = config
      return createGpioMonitor({ chip, offsets: [d0, d1], handlers, random })
    }
    return createGpioLink({ lines: config, handlers, random })
  }
}

/** Makes the owner of one bus for the family of devices on it. */
export function createBusOwner(
  family: BusFamily,
  bus: { readonly name: string; readonly config: WireConfig },
  surroundings: BusSurroundings,
): BusOwner {
  const { clock, logger, openTransport } = surroundings
  const openLink = (handlers: ByteLinkHandlers) => openTransport(bus.name, bus.config, handlers)
  if (family === 'line') return lineOwner(createLineBus({ bus: bus.name, openLink, clock, logger }), clock)
  if (family === 'osdp') return osdpOwner(bus, openLink, surroundings)
  if (family === 'escpos') return printerOwner(new EscposLine({ bus: bus.name, openLink, clock, logger }))
  if (bus.config.kind === 'wiegand') {
    const { d0, d1 } = bus.config
    const wires = createWiegandWires({ bus: bus.name, d0, d1, openLink, clock, logger })
    return {
      open: () => wires.open(),
      close: () => wires.close(),
      setDevices: () => {},
      attach: (device, report) => wires.attach(device, report),
    }
  }
  if (bus.config.kind === 'gpio') {
    const board = createGpioBoard({ bus: bus.name, openLink, clock, logger })
    return {
      open: () => board.open(),
      close: () => board.close(),
      setDevices: () => {},
      attach: (device, report) => attachIoDevice(board, device, report),
    }
  }
  const boards = createModbusBoards({ bus: bus.name, openLink, clock, logger })
  return {
    open: () => boards.open(),
    close: () => boards.close(),
    attach: (device, report) => attachIoDevice(boards, device, report),
    setDevices: (devices) =>
      boards.setUnits(new Map(devices.flatMap(({ board }) => (board ? [[board.unit, board.facts]] : [])))),
  }
}

function printerOwner(line: EscposLine): BusOwner {
  return {
    open: () => line.open(),
    close: () => line.close(),
    setDevices: () => {},
    attach: (device, report) => {
      const rules = device.profile.printer
      return rules ? line.attach(device, rules, report) : { detach: () => {} }
    },
  }
}

function osdpOwner(
  { name, config }: { readonly name: string; readonly config: WireConfig },
  openLink: (handlers: ByteLinkHandlers) => ByteLink,
  { clock, random, logger, readerKeys, isInstalling }: BusSurroundings,
): BusOwner {
  const baudRate = config.kind === 'serial' ? config.baudRate : slowestBaudRate
  const options = { bus: name, openLink, baudRate, clock, random, logger, keys: readerKeys, isInstalling }
  const line = createOsdpLine(options)
  return {
    open: () => line.open(),
    close: () => line.close(),
    setDevices: () => {},
    attach: (device, report) => attachOsdpReader(line, device, { report, clock }),
  }
}

function lineOwner(line: ReturnType<typeof createLineBus>, clock: Clock): BusOwner {
  return {
    open: () => line.open(),
    close: () => line.close(),
    setDevices: () => {},
    attach: (device, report) => {
      const rules = device.profile.sign
      return rules
        ? attachLevelSign(line, { ...device, rules }, report)
        : attachLineReader(line, device, { report, clock })
    },
  }
}
