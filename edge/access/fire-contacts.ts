import { type ContactHistory, hearContact, settleContact } from '@gatehouse/shared/access/contact-chatter'
import type { Clock } from '@gatehouse/shared/clock/clock'
import { type DeviceId, randomCode } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import type { Kernel } from '../ledger/kernel.ts'

export interface FireContactsOptions {
  readonly kernel: Pick<Kernel, 'submit'>
  readonly clock: Clock
  readonly random: Random
}

/** Turns what fire contacts say into commands; one that chatters alarms until it was quiet for a while. */
export class FireContacts {
  readonly #options: FireContactsOptions
  readonly #contacts = new Map<DeviceId, ContactHistory>()

  constructor(options: FireContactsOptions) {
    this.#options = options
  }

  hear(deviceId: DeviceId, active: boolean): void {
    const step = hearContact(this.#contacts.get(deviceId), !active, this.#nowMs())
    this.#contacts.set(deviceId, step.history)
    if (step.news) this.#report(deviceId, step.news !== 'closed')
  }

  /** Lets time pass; call it a few times a second. */
  tick(): void {
    for (const [deviceId, history] of this.#contacts) {
      const step = settleContact(history, this.#nowMs())
      this.#contacts.set(deviceId, step.history)
      if (step.news) this.#report(deviceId, step.news !== 'closed')
    }
  }

  #report(deviceId: DeviceId, active: boolean): void {
    const { kernel, random } = this.#options
    const key = randomCode(random, 20)
    void kernel.submit({ kind: 'reportFire', caller: `device:${deviceId}`, key, input: { deviceId, active } })
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs
  }
}
