import type { Clock } from '@gatehouse/shared/clock/clock'
import { type DoorId, doorIdSchema, randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { Kernel } from '../ledger/kernel.ts'
import type { DirectoryReader } from '../sync/directory.ts'
import { heldDoors, holdOf, holdWanted } from './door-holds.ts'
import type { DoorWatch } from './door-watch.ts'

/** A schedule may begin and end so much late. */
const checkEveryMs = 1_000
// Entries after which a door may have to be released or locked at once.
const reasons: ReadonlySet<string> = new Set([
  ...['fire.alarmed', 'fire.cleared', 'lockdown.started', 'lockdown.ended', 'access.granted'],
])

export interface HoldKeeperOptions {
  readonly kernel: Kernel
  readonly directory: DirectoryReader
  readonly doors: DoorWatch
  readonly clock: Clock
  readonly random: Random
}

/**
 * Keeps doors released as long as fire or their schedule wants it. The decision is an entry first; the lock is then
 * released pulse after pulse, so that it locks by itself when this process dies.
 */
export class HoldKeeper {
  readonly #options: HoldKeeperOptions
  readonly #asked = new Set<DoorId>()
  #checkedMs = Number.NEGATIVE_INFINITY

  constructor(options: HoldKeeperOptions) {
    const { kernel } = options
    this.#options = options
    kernel.onCommitted((entries) => {
      for (const { entry } of entries) {
        if (entry.type === 'door.hold_started') this.#observe(entry.body, 'hold_started')
        if (entry.type === 'door.hold_ended') this.#observe(entry.body, 'hold_ended')
      }
      if (entries.some(({ entry }) => reasons.has(entry.type))) this.#check()
    })
  }

  /** Begins and ends what has become due; call it a few times a second. */
  tick(): void {
    const nowMs = this.#options.clock.now().monotonicMs
    if (nowMs - this.#checkedMs < checkEveryMs) return
    this.#checkedMs = nowMs
    this.#check()
  }

  #check(): void {
    const { kernel, directory, clock, doors } = this.#options
    const at = clock.now()
    const set = [...directory.all('door')].flatMap(([key, { unlock, fireDeviceId }]) =>
      unlock || fireDeviceId ? [doorIdSchema.parse(key)] : [],
    )
    for (const doorId of new Set([...set, ...heldDoors(kernel.db)])) {
      const wanted = holdWanted(directory, kernel.db, doorId, at)
      if (wanted !== holdOf(kernel.db, doorId)) void this.#settle(doorId)
      // What was held before a restart goes on, once it is known to be wanted still.
      else if (wanted) doors.observe(doorId, { kind: 'hold_started' })
    }
  }

  /** One question about a door at a time. */
  async #settle(doorId: DoorId): Promise<void> {
    if (this.#asked.has(doorId)) return
    this.#asked.add(doorId)
    const { kernel, random } = this.#options
    const key = randomCode(random, 20)
    await kernel.submit({ kind: 'settleDoorHold', caller: 'system', key, input: { doorId } })
    this.#asked.delete(doorId)
  }

  #observe(body: Readonly<Record<string, unknown>>, kind: 'hold_started' | 'hold_ended'): void {
    this.#options.doors.observe(doorIdSchema.parse(body.doorId), { kind })
  }
}
