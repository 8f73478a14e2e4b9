import type { Clock } from '@gatehouse/shared/clock/clock'
import { type LaneId, laneIdSchema, randomCode } from '@gatehouse/shared/ids/ids'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import { usesAuthorisation } from '@gatehouse/shared/parking/lane'
import type { ControlFact } from '@gatehouse/shared/parking/lane-control'
import type { Random } from '@gatehouse/shared/random/random'
import type { DeviceEvent, DeviceHub } from '../devices/hub.ts'
import type { DeviceLogger } from '../devices/ports/device-logger.ts'
import type { Kernel } from '../ledger/kernel.ts'
import type { Outcome } from '../ledger/receipts.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import type { ArrivalAnswer } from './arrive-vehicle.ts'
import { BaySensors } from './bay-sensors.ts'
import type { DepartureCredential } from './departing-session.ts'
import { DurableFacts, isStoreTrouble } from './durable-facts.ts'
import { ExitWaits, exitPolicy, type ShownAtExit, waitCause } from './exit-waits.ts'
import { forgottenVehicles } from './forget-vehicles.ts'
import { waitingByHand } from './hand-opening-store.ts'
import { recordingOf } from './lane-facts.ts'
import { LaneOutputs } from './lane-outputs.ts'
import { readLaneTroubles } from './lane-troubles.ts'
import { LaneWatch } from './lane-watch.ts'
import { laneWires, type WiredLane } from './lane-wires.ts'
import { NextInLine } from './next-in-line.ts'
import { waitingForPayment } from './paid-at-exit.ts'
import type { ReleaseAnswer } from './release-exit.ts'
import type { DepartureAnswer } from './request-departure.ts'
import { readPending } from './session-store.ts'
import { LevelSigns } from './signs.ts'
import { vehicleClassOf } from './vehicle-type.ts'
import { vendPulseMs } from './vend.ts'

export interface ParkingDevicesOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly hub: Pick<DeviceHub, 'barrier' | 'display' | 'status'>
  readonly clock: Clock
  readonly random: Random
  readonly logger: DeviceLogger
}

interface FollowedVehicle {
  readonly vehicle: string | undefined
  readonly decided: Promise<void>
  letThrough: boolean
}

/** How often facts that the store refused are tried again. */
const retryMs = 5_000
/** How often bay sensors are asked whether they correct a count. */
const correctionMs = 5 * 60_000

/**
 * Turns what cameras, buttons, loops, readers and bay sensors report into commands, and keeps the signs.
 * Give it to the hub with `hub.onEvent((event) => devices.handle(event))` and call `tick` a few times a second.
 */
export class ParkingDevices {
  readonly lanes: LaneWatch
  readonly signs: LevelSigns
  readonly bays: BaySensors
  readonly #options: ParkingDevicesOptions
  readonly #facts: DurableFacts
  readonly #waits: ExitWaits
  readonly #next: NextInLine
  readonly #outputs: LaneOutputs
  readonly #running = new Set<Promise<void>>()
  /** The vehicle that a lane's camera read last, as the camera counts them. */
  readonly #followed = new Map<LaneId, FollowedVehicle>()
  /** Vehicles per lane that were let out without a record; their passages are recorded with them. */
  readonly #unrecorded = new Map<LaneId, number>()
  #wires: ReturnType<typeof laneWires>
  #retriedMs: number
  #correctedMs: number

  constructor(options: ParkingDevicesOptions) {
    const { kernel, directory, hub, clock } = options
    this.#options = options
    this.#wires = laneWires(directory)
    this.#retriedMs = clock.now().monotonicMs
    this.#correctedMs = this.#retriedMs
    this.#facts = new DurableFacts((fact) => kernel.submit(fact))
    this.bays = new BaySensors({ ...options, run: (work) => this.#run(work) })
    this.signs = new LevelSigns({
      kernel,
      directory,
      display: (deviceId, content) => hub.display(deviceId, content),
    })
    this.lanes = new LaneWatch({
      clock,
      pendingAtStart: (laneId) => readPending(kernel.db, laneId).length + waitingByHand(kernel.db, laneId),
      troublesAtStart: (laneId) => readLaneTroubles(kernel.db, laneId),
      onFact: (laneId, fact) => this.#record(laneId, fact),
    })
    this.#next = new NextInLine(clock)
    this.#outputs = new LaneOutputs({
      ...options,
      lanes: this.lanes,
      onHoldOver: ({ laneId }) => this.#pushFact('endLaneHold', laneId, { laneId }),
      run: (work) => this.#run(work),
    })
    this.#waits = new ExitWaits({
      clock,
      policy: () => exitPolicy(directory),
      onCall: (laneId, cause) => this.#pushFact('callAttendant', laneId, { laneId, cause }),
      onRelease: (laneId, shown) => this.#run(() => this.#release(laneId, shown)),
    })
    directory.onChange((changes) => {
      if (changes.some(({ kind }) => kind === 'lane')) this.#wires = laneWires(directory)
      // After every other listener, so that nothing is shown from a plan that has just become old.
      queueMicrotask(() => this.signs.refresh())
    })
    kernel.onCommitted((entries) => {
      for (const { entry } of entries) {
        if (entry.type === 'payment.captured') this.#paid(entry.body)
        if (entry.type === 'lane.opened_by_hand') this.#openedByHand(entry.body)
      }
    })
    this.signs.refresh()
  }

  /** Facts that wait for the store, and how many were dropped, for metrics. */
  get backlog(): { readonly waiting: number; readonly dropped: number } {
    return { waiting: this.#facts.waiting, dropped: this.#facts.dropped }
  }

  /** Takes one event of the device hub; events of other modules' devices are left alone. */
  handle(event: DeviceEvent): void {
    switch (event.kind) {
      case 'plate': {
        const lane = this.#wires.byCamera.get(event.deviceId)
        if (lane) this.#run(() => this.#readPlate(lane, event))
        return
      }
      case 'button': {
        const lane = this.#wires.byTicketButton.get(event.deviceId)
        if (lane) this.#run(() => this.#pressButton(lane, event.deviceId))
        return
      }
      case 'card': {
        const lane = this.#wires.byReader.get(event.deviceId)
        if (lane?.body.direction === 'exit') this.scanTicket(lane.laneId, event.number)
        return
      }
      case 'loop': {
        const lane = this.#laneOfLoop(event.deviceId)
        if (!lane) return
        this.lanes.observe(lane.laneId, { kind: 'loop', loop: event.loop, covered: event.covered })
        this.#askNext(lane.laneId)
        return
      }
      case 'boom': {
        const lane = this.#wires.byBarrier.get(event.deviceId)
        if (lane)
          this.lanes.observe(lane.laneId, { kind: 'limit', limit: event.limit, reached: event.reached })
        return
      }
      case 'bay':
        this.bays.sense(event.deviceId, event.occupied)
        return
      default:
        return
    }
  }

  /** A ticket was shown at an exit lane, to its reader or at its intercom. */
  scanTicket(laneId: LaneId, ticket: string): void {
    this.#run(() => this.#requestDeparture(laneId, { kind: 'ticket', ticket }, this.#freshKey()))
  }

  /** Lets time pass: back-outs are believed, refused facts tried again, counts corrected, nobody is trapped. */
  tick(): void {
    this.lanes.tick()
    this.#watchExits()
    this.#outputs.tick(this.#wires.byBarrier.values())
    const nowMs = this.#options.clock.now().monotonicMs
    if (nowMs - this.#retriedMs >= retryMs) {
      this.#retriedMs = nowMs
      this.#facts.retry()
      this.signs.refresh()
    }
    if (nowMs - this.#correctedMs >= correctionMs) {
      this.#correctedMs = nowMs
      this.bays.correctCounts()
      this.#run(() => this.#forgetVehicles())
    }
  }

  /** Resolves when every command that was started has been answered. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
    await this.#facts.settled()
  }

  /** Loops are wired to the barrier's device, or have detectors that are devices of their own. */
  #laneOfLoop(deviceId: string): WiredLane | undefined {
    return this.#wires.byBarrier.get(deviceId) ?? this.#wires.byDetector.get(deviceId)
  }

  async #readPlate(lane: WiredLane, event: Extract<DeviceEvent, { kind: 'plate' }>): Promise<void> {
    const followed = this.#followed.get(lane.laneId)
    if (event.vehicle !== undefined && followed?.vehicle === event.vehicle) {
      await followed.decided
      // The camera still sees the one that it let through, and only corrects its plate.
      if (followed.letThrough) return
    }
    const decided = this.#decidePlate(lane, event)
    this.#followed.set(lane.laneId, { vehicle: event.vehicle, decided, letThrough: false })
    await decided
  }

  async #decidePlate(
    { laneId, body }: WiredLane,
    event: Extract<DeviceEvent, { kind: 'plate' }>,
  ): Promise<void> {
    const by = { kind: 'plate', plate: event.plate } as const
    // Keys are kept in receipts, and an arrival key may hold the plate.
    const key = `plate-${sha256Hex(event.arrivalKey).slice(0, 40)}`
    if (body.direction === 'exit') return this.#requestDeparture(laneId, by, key)
    const vehicleClass = vehicleClassOf(event.vehicleType)
    const more = vehicleClass === undefined ? {} : { vehicleClass }
    await this.#arrive(laneId, { by, ...more }, { caller: `device:${event.deviceId}`, key })
  }

  #opened(laneId: LaneId, kind: 'opened' | 'again'): void {
    const followed = this.#followed.get(laneId)
    if (followed) followed.letThrough = true
    this.lanes.opened(laneId, kind)
  }

  async #pressButton({ laneId }: WiredLane, deviceId: string): Promise<void> {
    // Tickets are for vehicles: a person who presses the button gets none.
    if (!this.lanes.mayBeOccupied(laneId)) return
    const by = { kind: 'ticket' }
    await this.#arrive(laneId, { by }, { caller: `device:${deviceId}`, key: this.#freshKey() })
  }

  async #arrive(
    laneId: LaneId,
    asked: object,
    from: { readonly caller: string; readonly key: string },
  ): Promise<void> {
    const { kernel, logger } = this.#options
    const input = {
      laneId,
      ...asked,
      position: this.lanes.positionOf(laneId),
      sensing: this.lanes.sensingOf(laneId),
    }
    const outcome = await kernel.submit({ kind: 'arriveVehicle', ...from, input })
    if (!outcome.ok) return logger.warn({ laneId, code: outcome.refusal.code }, 'an arrival was not decided')
    // The command's own answer, just made in this process.
    const answer = outcome.value as ArrivalAnswer
    if (answer.kind === 'busy') {
      if (!this.lanes.otherStands(laneId, true)) return
      await this.#facts.settled()
      return this.#arrive(laneId, asked, { caller: from.caller, key: this.#freshKey() })
    }
    if (answer.kind === 'opened' || answer.kind === 'again') this.#opened(laneId, answer.kind)
  }

  async #requestDeparture(laneId: LaneId, by: DepartureCredential, key: string): Promise<void> {
    const { kernel, logger } = this.#options
    const input = { laneId, by, position: this.lanes.positionOf(laneId) }
    const outcome = await kernel.submit({ kind: 'requestDeparture', caller: `lane:${laneId}`, key, input })
    if (isStoreTrouble(outcome)) return this.#failOpen(laneId, input, outcome)
    if (!outcome.ok) {
      this.#waits.refused(laneId, 'unknown', { by })
      return logger.warn({ laneId, code: outcome.refusal.code }, 'a departure was not decided')
    }
    // The command's own answer, just made in this process.
    const answer = outcome.value as DepartureAnswer
    if (answer.kind === 'refused') {
      // Who is let out already and is read once more does not wait; somebody else shows by staying there.
      if (input.position === 'front') {
        this.lanes.otherStands(laneId, false)
        return
      }
      const session = 'sessionId' in answer ? { sessionId: answer.sessionId } : {}
      this.#waits.refused(laneId, waitCause(answer.reason), { by, ...session })
      return
    }
    if (answer.kind === 'busy') {
      this.#next.keep(laneId, by)
      this.lanes.otherStands(laneId, true)
      await this.#facts.settled()
      return this.#askNext(laneId)
    }
    this.#waits.letOut(laneId)
    this.#opened(laneId, answer.kind)
  }

  /** Whoever was read too early, with somebody else before the boom, is asked about once they stand there themselves. */
  #askNext(laneId: LaneId): void {
    if (this.lanes.stateOf(laneId).kind !== 'presented') return
    const by = this.#next.take(laneId)
    if (by === undefined) return
    this.#run(async () => {
      await this.#facts.settled()
      await this.#requestDeparture(laneId, by, this.#freshKey())
    })
  }

  /** Only who stands before the boom waits; while somebody is let out, the next one's time does not run. */
  #watchExits(): void {
    for (const { laneId, body } of this.#wires.byBarrier.values()) {
      this.#askNext(laneId)
      const { kind } = this.lanes.stateOf(laneId)
      if (body.direction !== 'exit' || (kind !== 'presented' && kind !== 'idle')) continue
      const absent = this.lanes.mayBeOccupied(laneId) ? 'unheard' : 'no'
      this.#waits.tick(laneId, kind === 'presented' ? 'yes' : absent)
    }
  }

  /** The policy's time is over: whoever stands there is let out, and what is owed is recorded. */
  async #release(laneId: LaneId, { sessionId, by }: ShownAtExit): Promise<void> {
    const { kernel, logger } = this.#options
    const plate = by?.kind === 'plate' ? { plate: by.plate } : {}
    const input = { laneId, ...(sessionId === undefined ? {} : { sessionId }), ...plate }
    const from = { caller: `lane:${laneId}`, key: this.#freshKey() }
    const outcome = await kernel.submit({ kind: 'releaseExit', ...from, input })
    const unread = { kind: 'plate', plate: '' } as const
    if (isStoreTrouble(outcome)) return this.#failOpen(laneId, { laneId, by: by ?? unread }, outcome)
    this.#waits.letOut(laneId)
    if (!outcome.ok) return logger.warn({ laneId, code: outcome.refusal.code }, 'an exit was not released')
    // The command's own answer, just made in this process.
    const { debtMinor } = outcome.value as ReleaseAnswer
    logger.warn({ laneId, debtMinor }, 'an exit opened by policy and the debt is recorded')
    this.#opened(laneId, 'opened')
  }

  /** Nobody is ever trapped: the store cannot decide, so the gate opens and the departure is recorded later. */
  async #failOpen(laneId: LaneId, input: object, outcome: Outcome): Promise<void> {
    const { directory, hub, logger } = this.#options
    const lane = directory.get('lane', laneId)
    if (!lane) return
    const code = outcome.ok ? 'ok' : outcome.refusal.code
    logger.warn({ laneId, code }, 'the store cannot decide: the exit opens and the debt is recorded later')
    this.#unrecorded.set(laneId, (this.#unrecorded.get(laneId) ?? 0) + 1)
    this.#pushFact('recordUnrecordedDeparture', laneId, input)
    this.#waits.letOut(laneId)
    this.#opened(laneId, 'opened')
    await hub.barrier(lane.barrierDeviceId).vend({ pulseMs: vendPulseMs })
  }

  #record(laneId: LaneId, fact: ControlFact): void {
    const unrecorded = this.#unrecorded.get(laneId) ?? 0
    if (unrecorded > 0 && usesAuthorisation(fact)) {
      this.#unrecorded.set(laneId, unrecorded - 1)
      return
    }
    if (fact.kind === 'passage' && !fact.authorised) this.#waits.letOut(laneId)
    if (fact.kind === 'vend_again') {
      this.#vendAgain(laneId)
      return
    }
    const { kind, ...more } = recordingOf(fact)
    this.#pushFact(kind, laneId, { laneId, ...more })
  }

  /** The boom did not move: one vend more, while somebody authorised is there. Entries are not written for it. */
  #vendAgain(laneId: LaneId): void {
    const { directory, hub, logger, kernel } = this.#options
    const lane = directory.get('lane', laneId)
    if (!lane) return
    if (readPending(kernel.db, laneId).length + waitingByHand(kernel.db, laneId) === 0) return
    logger.warn({ laneId }, 'the boom did not move and is asked once more')
    this.#run(async () => {
      await hub.barrier(lane.barrierDeviceId).vend({ pulseMs: vendPulseMs })
    })
  }

  #pushFact(kind: string, laneId: LaneId, input: object): void {
    this.#facts.push({ kind, caller: `lane:${laneId}`, key: this.#freshKey(), input })
  }

  /** Who stands at an exit while somebody pays for them is let out without being read again. */
  #paid(body: Readonly<Record<string, unknown>>): void {
    for (const { laneId, by } of this.#waits.undecided()) {
      this.#run(() => this.#requestDeparture(laneId, by, this.#freshKey()))
    }
    const waiting = waitingForPayment(this.#options.kernel.db, body)
    if (!waiting || !this.lanes.isOccupied(waiting.laneId)) return
    this.scanTicket(waiting.laneId, waiting.ticket)
  }

  /** Whoever asked for it, at the site or from afar: the vehicle that passes now is expected. */
  #openedByHand(body: Readonly<Record<string, unknown>>): void {
    const laneId = laneIdSchema.parse(body.laneId)
    this.#waits.letOut(laneId)
    this.lanes.opened(laneId, 'opened')
  }

  /** What members erased elsewhere is erased here, once their stay is over. */
  async #forgetVehicles(): Promise<void> {
    const { kernel, directory } = this.#options
    if (forgottenVehicles(kernel.db, directory).length === 0) return
    await kernel.submit({ kind: 'forgetVehicles', caller: 'parking', key: this.#freshKey(), input: {} })
  }

  #freshKey(): string {
    return randomCode(this.#options.random, 20)
  }

  #run(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => this.#options.logger.warn({ error }, 'a lane command failed'))
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }
}
