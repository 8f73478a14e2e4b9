import { join } from 'node:path'
import { SandboxGateway } from '@gatehouse/edge/drawer/sandbox-gateway'
import { openDatabase, type SiteDatabase } from '@gatehouse/edge/ledger/database'
import { readHead } from '@gatehouse/edge/ledger/entry-store'
import { commandIdOf } from '@gatehouse/edge/ledger/receipts'
import { storeFile } from '@gatehouse/edge/site/store-file'
import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { Acknowledged } from './kiosk-requests.ts'

/** Pulses of one door that the board saw during one life. `afterSeq` is the newest entry when that life was ready. */
export interface PulseCount {
  readonly doorId: string
  readonly afterSeq: number
  readonly beforeSeq: number
  readonly pulses: number
}

interface StoredPayment {
  readonly paymentId: string
  readonly amountMinor: number
}

/** The files of a stopped edge, opened to compare them with what people and devices saw. */
export class LedgerAudit {
  readonly db: SiteDatabase
  readonly #gateway: SandboxGateway

  constructor(dataFolder: string) {
    this.db = openDatabase({ path: join(dataFolder, storeFile), locking: 'exclusive' })
    this.#gateway = new SandboxGateway(join(dataFolder, 'sandbox-gateway.sqlite'))
  }

  /** The newest entry. */
  get head(): ChainHead {
    return readHead(this.db, 1)
  }

  close(): void {
    this.#gateway.close()
    this.db.close()
  }

  /** Accepted requests whose command left no entry, or the same entry type twice. */
  lostOrDoubled(acknowledged: readonly Acknowledged[], caller: string): string[] {
    const types = this.db.prepare<[string], { type: string }>(
      "SELECT type FROM entries WHERE json_extract(text, '$.commandId') = ?",
    )
    return acknowledged.flatMap(({ key, path, status }) => {
      // A price that was shown is kept, but is no fact of the ledger.
      if (path.endsWith('/quote')) return []
      if (status !== 200 && status !== 201) return []
      const found = types.all(commandIdOf(caller, key)).map(({ type }) => type)
      if (found.length === 0) return [`${key} left no entry`]
      return new Set(found).size === found.length ? [] : [`${key} left ${found.join(', ')}`]
    })
  }

  /** Slots of a space that more than one booking in force begins in. */
  doubledBookings(): unknown[] {
    return this.db
      .prepare(
        `SELECT space_id, from_ms, count(*) AS times FROM bookings
         WHERE status IN ('held', 'confirmed', 'checked_in') GROUP BY 1, 2 HAVING count(*) > 1`,
      )
      .all()
  }

  /** Money the gateway holds, and money the ledger says it took, by payment id. */
  cardMoney(): { readonly gateway: StoredPayment[]; readonly ledger: StoredPayment[]; undecided: string[] } {
    const asked = this.#gateway.payments()
    const captured = asked.filter(({ state }) => state === 'captured')
    return {
      gateway: captured.map(({ paymentId, amountMinor, refundedMinor }) => ({
        paymentId,
        amountMinor: amountMinor - refundedMinor,
      })),
      ledger: this.db
        .prepare<[], StoredPayment>(
          `SELECT c.payment_id AS paymentId, c.amount_minor - coalesce(sum(r.amount_minor), 0) AS amountMinor
           FROM payments c LEFT JOIN payments r ON r.of_payment_id = c.payment_id
           WHERE c.kind = 'captured' AND c.method = 'card' AND c.taken_by = 'site'
           GROUP BY c.payment_id ORDER BY c.payment_id`,
        )
        .all(),
      undecided: asked.filter(({ state }) => state === 'authorised').map(({ paymentId }) => paymentId),
    }
  }

  /** Effects without an outcome, and outcomes of strikes by how often they occurred. */
  effects(): { readonly unsettled: number; readonly strikes: Readonly<Record<string, number>> } {
    const rows = this.db
      .prepare<[], { kind: string; outcome: string | null; count: number }>(
        'SELECT kind, outcome, count(*) AS count FROM effects GROUP BY kind, outcome',
      )
      .all()
    const unsettled = rows.filter(({ outcome }) => outcome === null)
    const strikes = rows.filter(({ kind }) => kind === 'strike')
    return {
      unsettled: unsettled.reduce((sum, { count }) => sum + count, 0),
      strikes: Object.fromEntries(strikes.map(({ outcome, count }) => [outcome ?? 'none', count])),
    }
  }

  /** Lives in which a door's strike fired more often than it was granted in that life: a repeated pulse. */
  repeatedPulses(counts: readonly PulseCount[]): PulseCount[] {
    const grants = this.db.prepare<[number, number, string], { granted: number }>(
      `SELECT count(*) AS granted FROM entries WHERE seq > ? AND seq <= ? AND type = 'access.granted'
       AND json_extract(text, '$.body.doorId') = ?`,
    )
    return counts.filter(({ doorId, afterSeq, beforeSeq, pulses }) => {
      const granted = grants.get(afterSeq, beforeSeq, doorId)?.granted ?? 0
      return pulses > granted
    })
  }
}
