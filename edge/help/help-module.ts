import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deviceIdSchema, randomCode } from '@gatehouse/shared/ids/ids'
import { ok } from '@gatehouse/shared/result/result'
import type { LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { packageRoot } from '../package-root.ts'

/** Says that a person at a kiosk called for help; `about` is the kiosk's device. */
const helpCalledIncident = 'help_called'
/** One kiosk opens at most one incident in this time; pressing again answers with the call that was made. */
export const helpCallEveryMs = 2 * 60_000

/** What a kiosk is told about a call. */
export interface HelpCall {
  readonly calledMs: number
  /** This press added nothing: the call of `calledMs` stands. */
  readonly repeated: boolean
}

/** Tells the operator that somebody at a kiosk wants a person. Every kiosk may call, also while nothing sells. */
const callHelp = defineCommand({
  kind: 'callHelp',
  priority: 2,
  sells: false,
  input: z.object({ deviceId: deviceIdSchema }),
  run: (db, { deviceId }, { at, random }) => {
    const lastMs = lastCallMs(db, deviceId)
    const sinceMs = lastMs === undefined ? helpCallEveryMs : at.wallMs - lastMs
    if (lastMs !== undefined && sinceMs >= 0 && sinceMs < helpCallEveryMs) {
      return ok({ events: [], answer: (): HelpCall => ({ calledMs: lastMs, repeated: true }) })
    }
    const incidentId = `inc_${randomCode(random, 16)}`
    const event: LedgerEvent = {
      type: 'incident.opened',
      body: { incidentId, kind: helpCalledIncident, about: deviceId },
    }
    return ok({ events: [event], answer: (): HelpCall => ({ calledMs: at.wallMs, repeated: false }) })
  },
})

function lastCallMs(db: SiteDatabase, deviceId: string): number | undefined {
  const text = 'SELECT called_ms AS calledMs FROM help_calls WHERE device_id = ?'
  return statement<{ calledMs: number }>(db, text).get(deviceId)?.calledMs
}

/** Calls for help from kiosks; plugs into the kernel. */
export const helpModule: LedgerModule = {
  name: 'help',
  tablesSql: readFileSync(join(packageRoot, 'help/tables.sql'), 'utf8'),
  projectedTables: ['help_calls'],
  commands: [callHelp],
  projections: {
    'incident.opened': (db, body, entry) => {
      if (body.kind !== helpCalledIncident) return
      statement(
        db,
        `INSERT INTO help_calls (device_id, called_ms) VALUES (?, ?)
         ON CONFLICT (device_id) DO UPDATE SET called_ms = excluded.called_ms`,
      ).run(body.about, entry.at.wallMs)
    },
  },
}
