import { crc16, sealFrame } from '../drivers/modbus-rtu.ts'

/** What a simulated board does when it is asked. Channels count from 1. */
export interface SlaveTerminals {
  readonly outputs: number
  readonly inputs: number
  output(channel: number): boolean
  input(channel: number): boolean
  /** What a board that measures its inputs reads there; by the levels of the profile of our simulated board. */
  level(channel: number): number
  setOutput(channel: number, on: boolean): void
  flash(channel: number, forMs: number): void
}

const requestLength = 8
const bufferMax = 256
const illegalFunction = 1
const illegalAddress = 2
const flashOnAddress = 0x0200
const flashUnitMs = 100

/**
 * The board's side of Modbus RTU: cuts requests out of bytes and answers them. Everything that is not a valid
 * request to one of its units is passed over in silence, as on a real line.
 */
export class ModbusSlave {
  readonly #units: ReadonlyMap<number, SlaveTerminals>
  #buffer: number[] = []

  constructor(units: ReadonlyMap<number, SlaveTerminals>) {
    this.#units = units
  }

  /** Takes bytes and gives the answers that they call for. */
  receive(bytes: Uint8Array): Uint8Array[] {
    const replies: Uint8Array[] = []
    this.#buffer.push(...bytes)
    while (this.#buffer.length >= requestLength) {
      const frame = Uint8Array.from(this.#buffer.slice(0, requestLength))
      const check = crc16(frame.subarray(0, 6))
      if (frame[6] !== (check & 0xff) || frame[7] !== check >>> 8) {
        this.#buffer.shift()
        continue
      }
      this.#buffer = this.#buffer.slice(requestLength)
      const terminals = this.#units.get(frame[0] ?? 0)
      if (terminals) replies.push(answer(frame, terminals))
    }
    this.#buffer = this.#buffer.slice(-bufferMax)
    return replies
  }
}

function answer(frame: Uint8Array, terminals: SlaveTerminals): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset)
  const unit = view.getUint8(0)
  const code = view.getUint8(1)
  const address = view.getUint16(2)
  const value = view.getUint16(4)
  const refuse = (exception: number) => sealFrame([unit, code | 0x80, exception])
  if (code === 1 || code === 2) {
    const total = code === 1 ? terminals.outputs : terminals.inputs
    if (value < 1 || address + value > total) return refuse(illegalAddress)
    const read = (channel: number) => (code === 1 ? terminals.output(channel) : terminals.input(channel))
    const packed = Array.from({ length: Math.ceil(value / 8) }, (_, byte) =>
      Array.from({ length: Math.min(8, value - byte * 8) }, (_, bit) =>
        read(address + byte * 8 + bit + 1) ? 1 << bit : 0,
      ).reduce((sum, bit) => sum | bit, 0),
    )
    return sealFrame([unit, code, packed.length, ...packed])
  }
  if (code === 4) {
    if (value < 1 || address + value > terminals.inputs) return refuse(illegalAddress)
    const levels = Array.from({ length: value }, (_, index) => terminals.level(address + index + 1))
    return sealFrame([unit, code, value * 2, ...levels.flatMap((level) => [level >>> 8, level & 0xff])])
  }
  if (code !== 5) return refuse(illegalFunction)
  const echo = Uint8Array.from(frame)
  if (address < terminals.outputs && (value === 0xff00 || value === 0)) {
    terminals.setOutput(address + 1, value === 0xff00)
    return echo
  }
  const channel = address - flashOnAddress + 1
  if (channel < 1 || channel > terminals.outputs) return refuse(illegalAddress)
  terminals.flash(channel, value * flashUnitMs)
  return echo
}
