import type { Clock } from '@gatehouse/shared/clock/clock'
import type { EffectId } from '@gatehouse/shared/ids/ids'
import type { EntryBody } from '@gatehouse/shared/wire/v1/entries'
import type { DecidedEffect } from './batch.ts'
import type { SiteDatabase } from './database.ts'
import type { Failpoint } from './failpoints.ts'
import { statement } from './statements.ts'

/** How an effect ended, as the entry `effect.settled` records it. */
export type Settlement = EntryBody<'effect.settled'>
type PerformResult = Omit<Settlement, 'effectId'>

/** Carries out one kind of effect. */
export interface EffectHandler {
  readonly kind: string
  /**
   * After a crash: `unknown` for physical acts, which are never repeated; `repeat` for acts that are
   * idempotent at the other side (a capture under its own payment id).
   */
  readonly afterCrash: 'unknown' | 'repeat'
  perform(effect: Pick<DecidedEffect, 'effectId' | 'body'>): Promise<PerformResult>
}

export interface EffectRunnerOptions {
  readonly handlers: readonly EffectHandler[]
  readonly clock: Clock
  readonly failpoint: Failpoint
  readonly settle: (settlement: Settlement) => Promise<unknown>
}

/**
 * Starts effects after their decision is durable and records each outcome.
 *
 *   decided ─▶ started ─▶ done | failed
 *      │          └ crash ─▶ unknown (physical) | started again (repeatable)
 *      └ deadline passed ─▶ expired
 */
export class EffectRunner {
  readonly #handlers = new Map<string, EffectHandler>()
  readonly #options: EffectRunnerOptions

  constructor(options: EffectRunnerOptions) {
    this.#options = options
    for (const handler of options.handlers) this.#handlers.set(handler.kind, handler)
  }

  /** Starts an effect unless its deadline has passed; its outcome becomes an entry. */
  start(effect: DecidedEffect): void {
    void this.#run(effect)
  }

  /**
   * Deals with effects that have no outcome on record; called once, before new commands are taken. Repeatable ones
   * begin behind it, one after another: the other side may be away for hours, and the site must not wait for it.
   */
  async recover(db: SiteDatabase): Promise<void> {
    const rows = statement<{ effect_id: EffectId; kind: string; body: string }>(
      db,
      'SELECT effect_id, kind, body FROM effects WHERE outcome IS NULL',
    ).all()
    const repeated: (() => Promise<void>)[] = []
    for (const row of rows) {
      const handler = this.#handlers.get(row.kind)
      if (handler?.afterCrash === 'repeat') {
        const effect = { effectId: row.effect_id, body: JSON.parse(row.body) }
        repeated.push(() => this.#perform(handler, effect))
      } else {
        await this.#options.settle({ effectId: row.effect_id, outcome: 'unknown', detail: 'restart' })
      }
    }
    void this.#inTurn(repeated)
  }

  async #inTurn(acts: readonly (() => Promise<void>)[]): Promise<void> {
    for (const act of acts) await act()
  }

  async #run(effect: DecidedEffect): Promise<void> {
    const handler = this.#handlers.get(effect.kind)
    const { effectId } = effect
    if (!handler) {
      await this.#options.settle({ effectId, outcome: 'failed', detail: `no handler for ${effect.kind}` })
      return
    }
    const { bootId, monotonicMs } = this.#options.clock.now()
    if (bootId !== effect.bootId || monotonicMs > effect.deadlineMonotonicMs) {
      await this.#options.settle({ effectId, outcome: 'expired' })
      return
    }
    await this.#perform(handler, effect)
  }

  async #perform(handler: EffectHandler, effect: Pick<DecidedEffect, 'effectId' | 'body'>): Promise<void> {
    this.#options.failpoint('effect.before')
    const result = await this.#attempt(handler, effect)
    this.#options.failpoint('effect.after')
    await this.#options.settle({ effectId: effect.effectId, ...result })
  }

  async #attempt(
    handler: EffectHandler,
    effect: Pick<DecidedEffect, 'effectId' | 'body'>,
  ): Promise<PerformResult> {
    try {
      return await handler.perform(effect)
    } catch (error) {
      return {
        outcome: 'failed',
        detail: error instanceof Error ? error.message.slice(0, 200) : 'unknown error',
      }
    }
  }
}
