import type { DeviceId, DoorId } from '@gatehouse/shared/ids/ids'

/** A card that was shown at a door that wants a PIN after it. */
export interface AwaitingCard {
  readonly doorId: DoorId
  readonly deviceId: DeviceId
  readonly digest: string
  /** Monotonic milliseconds; at this instant a PIN still counts. */
  readonly untilMs: number
}

/**
 * The cards that wait for their PIN, one at a reader at most: a card shown later takes the place of the one before, and
 * a restart forgets all of them.
 */
export class CardsAwaitingPin {
  readonly #cards = new Map<DeviceId, AwaitingCard>()

  hold(card: AwaitingCard): void {
    this.#cards.set(card.deviceId, card)
  }

  /** Ends the waiting of a card, for example because it was refused; another card at that reader goes on. */
  release(card: AwaitingCard): void {
    if (this.#cards.get(card.deviceId) === card) this.#cards.delete(card.deviceId)
  }

  /** Takes the card that a PIN typed now belongs to. */
  take(deviceId: DeviceId, nowMs: number): AwaitingCard | undefined {
    const card = this.#cards.get(deviceId)
    if (!card || nowMs > card.untilMs) return undefined
    this.#cards.delete(deviceId)
    return card
  }

  /** Takes the cards whose time is over. */
  takeOverdue(nowMs: number): AwaitingCard[] {
    const overdue = [...this.#cards.values()].filter(({ untilMs }) => nowMs > untilMs)
    for (const { deviceId } of overdue) this.#cards.delete(deviceId)
    return overdue
  }
}
