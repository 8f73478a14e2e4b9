import { createHmac } from 'node:crypto'
import type { CommandId } from '@gatehouse/shared/ids/ids'
import { commandIdSchema } from '@gatehouse/shared/ids/ids'
import { canonicalJson, sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { Refusal } from './command.ts'
import type { SiteDatabase } from './database.ts'
import { statement } from './statements.ts'

/** The answer to a command: its value, or why it was refused. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: Refusal }

interface ReceiptRow {
  readonly body_digest: string
  readonly accepted: number
  readonly answer: string
}

/** The command id that `(caller, key)` always has, so that receipts can be rebuilt from entries. */
export function commandIdOf(caller: string, key: string): CommandId {
  return commandIdSchema.parse(`cmd_${sha256Hex(`${caller}\n${key}`).slice(0, 32)}`)
}

/**
 * A digest over kind and input: the same key with another digest is refused as `key_reused`. It is keyed,
 * because inputs hold plates and PIN digests that could otherwise be guessed from it.
 */
export function bodyDigest(receiptKey: string, kind: string, input: unknown): string {
  return createHmac('sha256', receiptKey).update(canonicalJson({ kind, input })).digest('hex')
}

/** Finds the answer given earlier to this caller's key. */
export function findReceipt(
  db: SiteDatabase,
  caller: string,
  key: string,
  digest: string,
): Outcome | undefined {
  const row = statement<ReceiptRow>(
    db,
    'SELECT body_digest, accepted, answer FROM receipts WHERE caller = ? AND key = ?',
  ).get(caller, key)
  if (!row) return undefined
  if (row.body_digest !== digest) return { ok: false, refusal: { code: 'key_reused' } }
  const answer: unknown = JSON.parse(row.answer)
  return row.accepted === 1 ? { ok: true, value: answer } : { ok: false, refusal: answer as Refusal }
}

/** Tells whether this caller's key was answered before, here or by an entry that came back from the cloud. */
export function isAnswered(db: SiteDatabase, caller: string, key: string): boolean {
  const sql = 'SELECT 1 FROM receipts WHERE caller = ? AND key = ?'
  const isKnown = statement(db, sql).get(caller, key) !== undefined
  return isKnown || wasAnswered(db, commandIdOf(caller, key))
}

/** Tells whether a command is in entries that came back from the cloud; its answer is then unknown here. */
export function wasAnswered(db: SiteDatabase, commandId: CommandId): boolean {
  const sql = 'SELECT 1 FROM answered_commands WHERE command_id = ?'
  return statement(db, sql).get(commandId) !== undefined
}

/** Stores the answer to `(caller, key)`; runs inside the command's transaction. */
export function writeReceipt(
  db: SiteDatabase,
  receipt: {
    readonly caller: string
    readonly key: string
    readonly digest: string
    readonly outcome: Outcome
    readonly wallMs: number
  },
): void {
  const { outcome } = receipt
  statement(
    db,
    'INSERT INTO receipts (caller, key, body_digest, accepted, answer, wall_ms) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(
    receipt.caller,
    receipt.key,
    receipt.digest,
    outcome.ok ? 1 : 0,
    JSON.stringify(outcome.ok ? (outcome.value ?? null) : outcome.refusal),
    receipt.wallMs,
  )
}
