import type { Clock } from '@gatehouse/shared/clock/clock'
import type { RegisterMap } from '@gatehouse/shared/profiles/profile'
import { GarbageMeter } from '../garbage-meter.ts'
import type { DeviceLogger } from '../ports/device-logger.ts'
import type { DriveOutcome } from '../ports/drive-outcome.ts'
import type { InputChange, InputFault, IoBoard, Terminal } from '../ports/io-board.ts'
import type { ByteLink, ByteLinkHandlers } from '../transports/byte-link.ts'
import { type MasterEnd, type MasterOutput, ModbusMaster } from './modbus-master.ts'
import { flashOn, type ModbusReply, type ModbusRequest, switchOff } from './modbus-rtu.ts'

/** What the bus must know of one board. */
export interface BoardFacts {
  readonly registers: RegisterMap
  readonly pollMs: number
  readonly replyTimeoutMs: number
}

/** Boards on one line, behind the port that all relay hardware shares. */
export interface ModbusBoards extends IoBoard {
  open(): void
  /** Replaces which boards are asked; listeners of a board that left hear nothing more. */
  setUnits(units: ReadonlyMap<number, BoardFacts>): void
  /** Bytes and frames that were not understood. */
  garbage(): number
  close(): Promise<void>
}

/** Misses in a row after which a board counts as offline. */
const missesMax = 3
/** A request that could not be sent within this time is not sent any more. */
const requestWaitMax = 1_000
/** Pause between questions to a board that does not answer, so that it does not slow its neighbours. */
const offlinePollMs = 1_000
const quietMs = 20
/** With no board answering for this long the connection is made anew; converters die half-open. */
const silentLinkMax = 5_000

interface Watcher {
  readonly listener: (change: InputChange) => void
  before: InputState | undefined
}

/** An input as it stands, or what is wrong with its line. */
type InputState = boolean | InputFault

interface Board {
  facts: BoardFacts
  nextPollMs: number
  polling: boolean
  misses: number
  online: boolean | undefined
  detail: string | undefined
  inputs: readonly InputState[] | undefined
}

type PresenceListener = (presence: { online: boolean; detail?: string }) => void

class ModbusBus implements ModbusBoards {
  readonly #clock: Clock
  readonly #link: ByteLink
  readonly #garbage: GarbageMeter
  readonly #master: ModbusMaster
  readonly #boards = new Map<number, Board>()
  readonly #watchers = new Map<string, Set<Watcher>>()
  readonly #presence = new Map<number, Set<PresenceListener>>()
  readonly #ends = new Map<number, (end: MasterEnd) => void>()
  #timer: NodeJS.Timeout | undefined
  #up = false
  #closed = false
  #heardMs = 0

  constructor(options: ModbusBoardsOptions) {
    this.#clock = options.clock
    this.#garbage = new GarbageMeter(options.clock, options.logger, { bus: options.bus })
    this.#master = new ModbusMaster(quietMs)
    this.#link = options.openLink({
      onUp: () => this.#linkUp(),
      onBytes: (bytes) => this.#run(this.#master.receive(bytes, this.#now())),
      onDown: (reason) => this.#linkDown(reason),
    })
  }

  open(): void {
    this.#link.open()
  }

  garbage(): number {
    return this.#garbage.total
  }

  setUnits(units: ReadonlyMap<number, BoardFacts>): void {
    for (const unit of this.#boards.keys()) if (!units.has(unit)) this.#boards.delete(unit)
    for (const [unit, facts] of units) {
      const known = this.#boards.get(unit)
      if (known) known.facts = facts
      else this.#boards.set(unit, newBoard(facts))
    }
    this.#arm()
  }

  async pulse(terminal: Terminal, pulseMs: number): Promise<DriveOutcome> {
    const board = this.#boards.get(terminal.unit)
    if (!board) return { outcome: 'failed', detail: 'no_such_board' }
    const request = flashOn(board.facts.registers, { ...terminal, pulseMs })
    return request.ok ? this.#write(request.value, board) : { outcome: 'failed', detail: request.error }
  }

  async rest(terminal: Terminal): Promise<DriveOutcome> {
    const board = this.#boards.get(terminal.unit)
    if (!board) return { outcome: 'failed', detail: 'no_such_board' }
    const request = switchOff(board.facts.registers, terminal)
    return request.ok ? this.#write(request.value, board) : { outcome: 'failed', detail: request.error }
  }

  async #write(request: ModbusRequest, board: Board): Promise<DriveOutcome> {
    const end = await new Promise<MasterEnd>((resolve) => this.#submit(request, board.facts, resolve))
    if (end.kind === 'not_sent') return { outcome: 'failed', detail: end.reason }
    if (end.kind === 'no_reply') return { outcome: 'unknown', detail: 'no_reply' }
    if (end.reply.kind === 'written') return { outcome: 'done' }
    return { outcome: 'failed', detail: 'board_refused' }
  }

  watch(terminal: Terminal, listener: (change: InputChange) => void): () => void {
    const key = terminalKey(terminal)
    const watchers = this.#watchers.get(key) ?? new Set<Watcher>()
    this.#watchers.set(key, watchers)
    const watcher: Watcher = { listener, before: undefined }
    watchers.add(watcher)
    const known = this.#boards.get(terminal.unit)?.inputs?.[terminal.channel - 1]
    if (known !== undefined) tell(watcher, known)
    return () => watchers.delete(watcher)
  }

  onPresence(unit: number, listener: PresenceListener): () => void {
    const listeners = this.#presence.get(unit) ?? new Set<PresenceListener>()
    this.#presence.set(unit, listeners)
    listeners.add(listener)
    const board = this.#boards.get(unit)
    if (board?.online !== undefined) listener(presenceOf(board))
    return () => listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#run(this.#master.linkDown())
    await this.#link.close()
  }

  #now(): number {
    return this.#clock.now().monotonicMs
  }

  #linkUp(): void {
    this.#up = true
    const nowMs = this.#now()
    this.#heardMs = nowMs
    for (const board of this.#boards.values()) {
      board.nextPollMs = nowMs
      board.misses = 0
    }
    this.#run(this.#master.linkUp(nowMs))
  }

  #linkDown(reason: string): void {
    this.#up = false
    this.#run(this.#master.linkDown())
    for (const [unit, board] of this.#boards) this.#setPresence(unit, board, false, reason)
  }

  #submit(request: ModbusRequest, facts: BoardFacts, onEnd: (end: MasterEnd) => void): void {
    const nowMs = this.#now()
    const { ticket, outputs } = this.#master.submit(
      request,
      { deadlineMs: nowMs + requestWaitMax, replyTimeoutMs: facts.replyTimeoutMs },
      nowMs,
    )
    this.#ends.set(ticket, onEnd)
    this.#run(outputs)
  }

  #run(outputs: readonly MasterOutput[]): void {
    for (const output of outputs) {
      if (output.kind === 'send') {
        // A full buffer means a stuck line; the missing reply is noticed as such.
        this.#link.write(output.bytes)
      } else if (output.kind === 'garbage') {
        this.#garbage.count(output.bytes, 'stray_bytes')
      } else {
        const onEnd = this.#ends.get(output.ticket)
        this.#ends.delete(output.ticket)
        onEnd?.(output.end)
      }
    }
    this.#arm()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    if (this.#closed || !this.#up) return
    const wakes = [...this.#boards.values()]
      .filter((board) => !board.polling)
      .map((board) => board.nextPollMs)
    const masterWake = this.#master.wakeAtMs
    if (masterWake !== undefined) wakes.push(masterWake)
    if (wakes.length === 0) return
    const waitMs = Math.max(1, Math.ceil(Math.min(...wakes) - this.#now()))
    this.#timer = setTimeout(() => this.#tick(), waitMs)
  }

  #tick(): void {
    const nowMs = this.#now()
    this.#run(this.#master.tick(nowMs))
    for (const [unit, board] of this.#boards) {
      if (!board.polling && nowMs >= board.nextPollMs) this.#poll(unit, board)
    }
    if (this.#up && this.#boards.size > 0 && nowMs - this.#heardMs > silentLinkMax) this.#link.reset('silent')
    this.#arm()
  }

  #poll(unit: number, board: Board): void {
    board.polling = true
    const { inputs, outputs, inputAddress, coilAddress, supervised } = board.facts.registers
    const measures = supervised && ({ kind: 'readLevels', address: supervised.address } as const)
    const reads = measures ?? ({ kind: 'readInputs', address: inputAddress } as const)
    const request: ModbusRequest =
      inputs > 0
        ? { ...reads, unit, count: inputs }
        : { kind: 'readOutputs', unit, address: coilAddress, count: outputs }
    this.#submit(request, board.facts, (end) => this.#polled(unit, board, end))
  }

  #polled(unit: number, board: Board, end: MasterEnd): void {
    board.polling = false
    if (end.kind === 'replied') {
      board.misses = 0
      this.#heardMs = this.#now()
      const inputs = inputsOf(end.reply, board.facts.registers)
      const refused = inputs === undefined
      this.#setPresence(unit, board, !refused, refused ? 'board_refused' : undefined)
      if (inputs && board.facts.registers.inputs > 0) this.#setInputs(unit, board, inputs)
    } else if (end.kind === 'no_reply') {
      board.misses += 1
      if (board.misses >= missesMax) this.#setPresence(unit, board, false, 'no_reply')
    }
    board.nextPollMs = this.#now() + (board.online === false ? offlinePollMs : board.facts.pollMs)
  }

  #setInputs(unit: number, board: Board, inputs: readonly InputState[]): void {
    board.inputs = inputs
    for (const [index, state] of inputs.entries()) {
      const watchers = this.#watchers.get(terminalKey({ unit, channel: index + 1 }))
      for (const watcher of watchers ?? []) if (watcher.before !== state) tell(watcher, state)
    }
  }

  #setPresence(unit: number, board: Board, online: boolean, detail: string | undefined): void {
    if (this.#boards.get(unit) !== board) return
    if (board.online === online && board.detail === detail) return
    board.online = online
    board.detail = detail
    for (const listener of this.#presence.get(unit) ?? []) listener(presenceOf(board))
  }
}

/** What Modbus boards on one line are built from. */
export interface ModbusBoardsOptions {
  readonly bus: string
  readonly openLink: (handlers: ByteLinkHandlers) => ByteLink
  readonly clock: Clock
  readonly logger: DeviceLogger
}

/** Opens the boards of one line, serial or TCP; the line has no other owner. */
export function createModbusBoards(options: ModbusBoardsOptions): ModbusBoards {
  return new ModbusBus(options)
}

function newBoard(facts: BoardFacts): Board {
  return {
    facts,
    nextPollMs: 0,
    polling: false,
    misses: 0,
    online: undefined,
    detail: undefined,
    inputs: undefined,
  }
}

function terminalKey({ unit, channel }: Terminal): string {
  return `${unit}:${channel}`
}

function tell(watcher: Watcher, state: InputState): void {
  const before = typeof watcher.before === 'boolean' ? watcher.before : undefined
  watcher.before = state
  if (typeof state === 'boolean') watcher.listener({ closed: state, before })
  else watcher.listener({ closed: false, before, fault: state })
}

function inputsOf(reply: ModbusReply, { supervised }: RegisterMap): readonly InputState[] | undefined {
  if (reply.kind === 'bits') return reply.bits
  if (reply.kind !== 'levels' || !supervised) return undefined
  const { shortBelow, openFrom, cutFrom } = supervised
  return reply.levels.map((level) => {
    if (level < shortBelow) return 'short'
    return level >= cutFrom ? 'open_circuit' : level < openFrom
  })
}

function presenceOf(board: Board): { online: boolean; detail?: string } {
  const online = board.online === true
  return board.detail === undefined ? { online } : { online, detail: board.detail }
}
