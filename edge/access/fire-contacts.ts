import { type ContactHistory, hearContact, settleContact } from '@gatehouse/shared/access/contact-chatter'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { type DeviceId, randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { Kernel } from '../ledger/kernel.ts'

/** What the ledger refused to take is told again this often, until it is taken. */
const retryEveryMs = 1_000

/** What a contact said last, as long as the ledger did not take it. */
interface Untaken {
  readonly active: boolean
  /** When it was told, monotonic milliseconds. */
  triedMs: number
  isUnderWay: boolean
}

export interface FireContactsOptions {
  readonly kernel: Pick<Kernel, 'submit'>
  readonly clock: Clock
  readonly random: Random
}

/** Turns what fire contacts say into commands; one that chatters alarms until it was quiet for a while. */
export class FireContacts {
  readonly #options: FireContactsOptions
  readonly #contacts = new Map<DeviceId, ContactHistory>()
  readonly #untaken = new Map<DeviceId, Untaken>()

  constructor(options: FireContactsOptions) {
    this.#options = options
  }

  hear(deviceId: DeviceId, active: boolean): void {
    const step = hearContact(this.#contacts.get(deviceId), !active, this.#nowMs())
    this.#contacts.set(deviceId, step.history)
    if (step.news) this.#report(deviceId, step.news !== 'closed')
  }

  /** Lets time pass, and tells again what was refused; call it a few times a second. */
  tick(): void {
    const nowMs = this.#nowMs()
    for (const [deviceId, untaken] of this.#untaken) {
      const isDue = !untaken.isUnderWay && nowMs - untaken.triedMs >= retryEveryMs
      if (isDue) void this.#submit(deviceId, untaken)
    }
    for (const [deviceId, history] of this.#contacts) {
      const step = settleContact(history, nowMs)
      this.#contacts.set(deviceId, step.history)
      if (step.news) this.#report(deviceId, step.news !== 'closed')
    }
  }

  /** Contacts tell only changes, so that one that is refused (`busy`, `store_full`) is not told by them again. */
  #report(deviceId: DeviceId, active: boolean): void {
    const untaken: Untaken = { active, triedMs: 0, isUnderWay: false }
    this.#untaken.set(deviceId, untaken)
    void this.#submit(deviceId, untaken)
  }

  async #submit(deviceId: DeviceId, untaken: Untaken): Promise<void> {
    const { kernel, random } = this.#options
    const { active } = untaken
    const key = randomCode(random, 20)
    untaken.triedMs = this.#nowMs()
    untaken.isUnderWay = true
    const caller = `device:${deviceId}`
    const { ok } = await kernel.submit({ kind: 'reportFire', caller, key, input: { deviceId, active } })
    untaken.isUnderWay = false
    // The contact may have said something else meanwhile, which is told by itself.
    if (ok && this.#untaken.get(deviceId) === untaken) this.#untaken.delete(deviceId)
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs
  }
}
