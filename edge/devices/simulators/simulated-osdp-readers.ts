import type { Random } from '@gatehouse/shared/random/random'
import { assertNever } from '@gatehouse/shared/result/result'
import { Deframer } from '../drivers/osdp/deframer.ts'
import { markByte } from '../drivers/osdp/frame.ts'
import { OsdpPeripheral, type PeripheralFacts } from './osdp-peripheral.ts'
import type { SimulatedReader } from './simulated-readers.ts'
import type { Wire } from './socket-server.ts'

/** What is wrong with a reader or its cable. `late`: each answer comes when the next question is put. */
export type OsdpFault = 'silent' | 'noise' | 'half_frames' | 'late'

/** One OSDP reader on a line, as a hand holds a card to it. */
export interface SimulatedOsdpReader extends SimulatedReader {
  readonly firmware: OsdpPeripheral
  /** Where it listens; two readers may be set to one address, or to each other's. */
  address: number
  fault: OsdpFault | undefined
  /** How the questions to it were checked. */
  readonly checks: ReadonlySet<'crc' | 'checksum'>
  /** A card of so many bits, whole bytes from the left. */
  present(bitCount: number, bits: Uint8Array): void
  openCase(isOpen: boolean): void
  restart(): void
}

/** OSDP readers on one line, in the order in which they were asked for; see generic/osdp-reader. */
export interface SimulatedOsdpReaders {
  readonly readers: readonly SimulatedOsdpReader[]
  /** Addresses of the questions that were put on the line, the last 10,000. */
  readonly asked: readonly number[]
}

const askedMax = 10_000
const h10301Bits = 26

/** What a reader is when nobody says otherwise. */
const usualFacts: PeripheralFacts = {
  identity: { vendor: '474853', model: 1, version: 1, serial: 1, firmware: '1.0.0' },
  capabilities: [
    { function: 3, level: 1, count: 1 },
    { function: 8, level: 1, count: 0 },
    { function: 9, level: 1, count: 0 },
  ],
}

/** Starts a line of readers on any wire, for example `listenForEdge` or `openPtyWire`. */
export async function createSimulatedOsdpReaders<W extends Wire>(options: {
  readonly openWire: (onBytes: (bytes: Uint8Array, reply: (bytes: Uint8Array) => void) => void) => Promise<W>
  readonly addresses: readonly number[]
  readonly random: Random
}): Promise<SimulatedOsdpReaders & W> {
  const { addresses, random } = options
  const readers = addresses.map((address) => new LineReader(address, random))
  const deframer = new Deframer()
  const asked: number[] = []
  const wire = await options.openWire((bytes, reply) => {
    for (const frame of deframer.receive(bytes).frames) {
      asked.push(frame.address)
      if (asked.length > askedMax) asked.shift()
      for (const reader of readers) {
        if (reader.address !== frame.address) continue
        reader.checks.add(frame.check)
        const answer = reader.firmware.answer(frame)
        if (answer) for (const part of reader.spoil(answer)) reply(part)
      }
    }
  })
  return Object.assign(wire, { readers, asked })
}

class LineReader implements SimulatedOsdpReader {
  readonly firmware: OsdpPeripheral
  address: number
  fault: OsdpFault | undefined
  readonly checks = new Set<'crc' | 'checksum'>()
  readonly #random: Random
  #held: Uint8Array | undefined

  constructor(address: number, random: Random) {
    this.address = address
    this.#random = random
    this.firmware = new OsdpPeripheral(usualFacts, random)
  }

  tap(cardNumber: string): void {
    const number = BigInt(cardNumber)
    const bits = [...number.toString(2).padStart(h10301Bits - 2, '0')].map(Number)
    const ones = (part: readonly number[]) => part.filter((bit) => bit === 1).length
    const even = ones(bits.slice(0, 12)) % 2
    const odd = 1 - (ones(bits.slice(12)) % 2)
    const all = [even, ...bits, odd].join('').padEnd(32, '0')
    this.present(
      h10301Bits,
      Uint8Array.from(all.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2)),
    )
  }

  enterPin(digits: string): void {
    this.firmware.report({ kind: 'keypad', reader: 0, keys: `${digits}#` })
  }

  present(bitCount: number, bits: Uint8Array): void {
    this.firmware.report({ kind: 'raw', reader: 0, bitCount, bits })
  }

  openCase(isOpen: boolean): void {
    this.firmware.tamper = isOpen
    this.firmware.report({ kind: 'localStatus', tamper: isOpen, powerFailed: false })
  }

  restart(): void {
    this.firmware.restart()
  }

  /** What of an answer comes out of the cable. */
  spoil(answer: Uint8Array): Uint8Array[] {
    switch (this.fault) {
      case undefined:
        return [Uint8Array.of(markByte), answer]
      case 'silent':
        return []
      case 'noise':
        return [this.#random.bytes(answer.length)]
      case 'half_frames':
        return [answer.subarray(0, answer.length >> 1)]
      case 'late': {
        const held = this.#held
        this.#held = answer
        return held ? [held] : []
      }
      default:
        return assertNever(this.fault)
    }
  }
}
