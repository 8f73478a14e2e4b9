import type { Moment } from '@gatehouse/shared/clock/clock'
import type { CommandId, EffectId, SiteId } from '@gatehouse/shared/ids/ids'
import type { Random } from '@gatehouse/shared/random/random'
import { err, type Result } from '@gatehouse/shared/result/result'
import type { Entry, EntryBody, EntryType, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import type { z } from 'zod'
import type { SiteDatabase } from './database.ts'

/** Who waits: 0 life safety, 1 doors and gates, 2 people at a screen, 3 the cloud, sensors and sweeps. Lower goes first. */
export type Priority = 0 | 1 | 2 | 3

/** Why a command was not carried out. `code` is stable; `detail` is JSON for the answer. */
export interface Refusal {
  readonly code: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Something to do after the decision is durable. `body` must be JSON. */
export interface EffectRequest {
  readonly effectId: EffectId
  /** Names the handler given to the kernel. */
  readonly kind: string
  readonly body: Readonly<Record<string, unknown>>
  /** Not started later than this many milliseconds after the decision; then its outcome is `expired`. */
  readonly deadlineMs: number
}

/** What a command decided. `answer` runs after the events were applied, inside the same transaction. */
export interface Decision<Value> {
  readonly events: readonly LedgerEvent[]
  readonly effects?: readonly EffectRequest[]
  readonly answer: () => Value
}

/** What a decision may know besides stored state. */
export interface CommandContext {
  readonly at: Moment
  readonly random: Random
  readonly siteId: SiteId
  /** Scopes idempotency keys: `kiosk:<deviceId>`, `cloud`, `device:<deviceId>`, `system`. */
  readonly caller: string
  readonly commandId: CommandId
}

/**
 * A command as a module declares it. `run` is synchronous, reads state and calls a pure `decide`. It changes nothing but
 * the store: a batch that could not be finished is rolled back and run again.
 */
export interface CommandDefinition<Input, Value> {
  readonly kind: string
  readonly priority: Priority
  /** Selling commands are refused while the store only has its reserve left, or the site is fenced. */
  readonly sells: boolean
  readonly input: z.ZodType<Input>
  run(db: SiteDatabase, input: Input, context: CommandContext): Result<Decision<Value>, Refusal>
}

/** A command with its types erased, as the kernel keeps it. */
export interface Command {
  readonly kind: string
  readonly priority: Priority
  readonly sells: boolean
  parse(input: unknown): Result<unknown, Refusal>
  run(db: SiteDatabase, input: unknown, context: CommandContext): Result<Decision<unknown>, Refusal>
}

/** Turns a typed definition into a command of the kernel; unreadable input is refused as `invalid_input`. */
export function defineCommand<Input, Value>(definition: CommandDefinition<Input, Value>): Command {
  return {
    kind: definition.kind,
    priority: definition.priority,
    sells: definition.sells,
    parse: (input) => {
      const parsed = definition.input.safeParse(input)
      if (parsed.success) return { ok: true, value: parsed.data }
      const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      return err({ code: 'invalid_input', detail: { issues } })
    },
    // `parse` made this value; nothing else reaches `run`.
    run: (db, input, context) => definition.run(db, input as Input, context),
  }
}

/** How one entry type changes a module's tables. Reads only the entry and those tables, so that it can be rebuilt. */
export type Projections = {
  readonly [T in EntryType]?: (db: SiteDatabase, body: EntryBody<T>, entry: Entry) => void
}

/** A part of the edge that plugs into the kernel. */
export interface LedgerModule {
  readonly name: string
  /** `CREATE … IF NOT EXISTS` statements of this module's tables. */
  readonly tablesSql: string
  /** Tables that `rebuild` empties, refills from the ledger and compares. */
  readonly projectedTables: readonly string[]
  readonly projections: Projections
  readonly commands: readonly Command[]
}
