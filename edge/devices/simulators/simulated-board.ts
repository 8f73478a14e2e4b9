import { ModbusSlave, type SlaveTerminals } from './modbus-slave.ts'
import { type ListenAt, listenForEdge, type Wire } from './socket-server.ts'

type OutputListener = (on: boolean) => void

/** One output terminal as whatever is wired to it sees it. */
export interface OutputTerminal {
  readonly on: boolean
  /** Returns how to stop listening. */
  onChange(listener: OutputListener): () => void
}

/** One input terminal: closing it is what a contact, loop or button does. */
export interface InputTerminal {
  readonly closed: boolean
  set(closed: boolean): void
  /** Bridges or cuts the line, as a supervised board sees it; `undefined` mends it. */
  damage(fault: 'short' | 'open_circuit' | undefined): void
}

/** Levels of a line with a resistor in series and one across the contact, as the profile of the board has them. */
const lineLevels = { short: 0, closed: 1_000, open: 2_000, open_circuit: 4_095 } as const

/** The terminals of one simulated board, channels from 1. */
export interface SimulatedUnit {
  input(channel: number): InputTerminal
  output(channel: number): OutputTerminal
}

/** Simulated relay boards on one line. */
export interface SimulatedBoard extends SimulatedUnit {
  /** Where it listens; 0 on a serial line. */
  readonly port: number
  unit(address: number): SimulatedUnit
  /** Sends bytes that nobody asked for. */
  babble(bytes: Uint8Array): void
  /** A board that hangs: it takes requests and says nothing. */
  setSilent(silent: boolean): void
  /** Ends the connections, as a pulled cable does. */
  drop(): void
  close(): Promise<void>
}

const channels = 8

interface BoardState {
  readonly terminals: SlaveTerminals
  readonly unit: SimulatedUnit
  stop(): void
}

/** Makes the inside of one board: relays with their own clock for pulses, and inputs. */
function createBoardState(): BoardState {
  const on = new Map<number, boolean>()
  const closed = new Map<number, boolean>()
  const damaged = new Map<number, 'short' | 'open_circuit' | undefined>()
  const listeners = new Map<number, Set<OutputListener>>()
  const flashes = new Map<number, NodeJS.Timeout>()
  const switchTo = (channel: number, next: boolean) => {
    if ((on.get(channel) ?? false) === next) return
    on.set(channel, next)
    for (const listener of listeners.get(channel) ?? []) listener(next)
  }
  const setOutput = (channel: number, next: boolean) => {
    clearTimeout(flashes.get(channel))
    switchTo(channel, next)
  }
  return {
    terminals: {
      outputs: channels,
      inputs: channels,
      output: (channel) => on.get(channel) ?? false,
      input: (channel) => closed.get(channel) ?? false,
      level: (channel) => lineLevels[damaged.get(channel) ?? (closed.get(channel) ? 'closed' : 'open')],
      setOutput,
      flash: (channel, forMs) => {
        setOutput(channel, true)
        flashes.set(
          channel,
          setTimeout(() => switchTo(channel, false), forMs),
        )
      },
    },
    unit: {
      input: (channel) => ({
        get closed() {
          return closed.get(channel) ?? false
        },
        set: (next) => closed.set(channel, next),
        damage: (fault) => damaged.set(channel, fault),
      }),
      output: (channel) => ({
        get on() {
          return on.get(channel) ?? false
        },
        onChange: (listener) => {
          const known = listeners.get(channel) ?? new Set<OutputListener>()
          listeners.set(channel, known)
          known.add(listener)
          return () => known.delete(listener)
        },
      }),
    },
    stop: () => {
      for (const timer of flashes.values()) clearTimeout(timer)
    },
  }
}

/** Opens a wire for a device: hands in bytes with a way to answer them. */
export type OpenWire<W extends Wire> = (
  onBytes: (bytes: Uint8Array, reply: (bytes: Uint8Array) => void) => void,
) => Promise<W>

/** Starts boards with the addresses `units` (only 1 by default) on any wire. */
export async function simulateBoardOn<W extends Wire>(
  openWire: OpenWire<W>,
  units: readonly number[] = [1],
): Promise<{ readonly wire: W; readonly board: Omit<SimulatedBoard, 'port'> }> {
  const states = new Map(units.map((address) => [address, createBoardState()] as const))
  const slave = new ModbusSlave(new Map([...states].map(([address, { terminals }]) => [address, terminals])))
  let silent = false
  const wire = await openWire((bytes, reply) => {
    if (silent) return
    for (const answer of slave.receive(bytes)) reply(answer)
  })
  const unit = (address: number): SimulatedUnit => {
    const state = states.get(address)
    if (!state) throw new RangeError(`no simulated board has address ${address}`)
    return state.unit
  }
  const first = units[0] ?? 1
  const board = {
    unit,
    input: (channel: number) => unit(first).input(channel),
    output: (channel: number) => unit(first).output(channel),
    babble: (bytes: Uint8Array) => wire.send(bytes),
    setSilent: (next: boolean) => {
      silent = next
    },
    drop: () => wire.drop(),
    close: async () => {
      for (const state of states.values()) state.stop()
      await wire.close()
    },
  }
  return { wire, board }
}

/** Starts simulated relay boards behind TCP. `input(n)` and `output(n)` are those of the first unit. */
export async function createSimulatedBoard(options: {
  readonly listen: ListenAt
  readonly units?: readonly number[]
}): Promise<SimulatedBoard> {
  const { wire, board } = await simulateBoardOn(
    (onBytes) => listenForEdge(options.listen, onBytes),
    options.units,
  )
  return { ...board, port: wire.port }
}
