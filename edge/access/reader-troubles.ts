import * as ids from '@gatehouse/shared/ids/ids'
import { ok } from '@gatehouse/shared/result/result'
import type { EntryBody, LedgerEvent } from '@gatehouse/shared/wire/v1/entries'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from '../ledger/command.ts'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'
import { incident } from './door-reports.ts'

/** What may be wrong with a reader: its case was opened, it is not what it says it is, it has no power. */
export type ReaderTrouble = EntryBody<'reader.trouble_ended'>['trouble']

const deviceId = ids.deviceIdSchema

/** A reader that somebody has to look after: opens an incident about it, which lasts until the trouble is over. */
export const reportReader = defineCommand({
  kind: 'reportReader',
  priority: 1,
  sells: false,
  input: z.discriminatedUnion('alarm', [
    z.object({ deviceId, alarm: z.literal('tampered') }),
    z.object({ deviceId, alarm: z.literal('power_failed') }),
    z.object({ deviceId, alarm: z.literal('untrusted'), reason: z.string().max(64) }),
  ]),
  run: (_db, input, context) => {
    const about = input.alarm === 'untrusted' ? `${input.deviceId}/${input.reason}` : input.deviceId
    const opened = incident(context, `reader_${input.alarm}`, about)
    return ok({ events: [lasting(opened)], answer: () => input.alarm })
  },
})

/** A trouble of a reader is over: told once, also when it began before a restart; nothing where there was none. */
export const endReaderTrouble = defineCommand({
  kind: 'endReaderTrouble',
  priority: 1,
  sells: false,
  input: z.object({ deviceId, trouble: z.enum(['tampered', 'untrusted', 'power_failed']) }),
  run: (db, body) => {
    const text = 'SELECT 1 FROM reader_troubles WHERE device_id = ? AND trouble = ?'
    const lasts = statement(db, text).get(body.deviceId, body.trouble) !== undefined
    return ok({ events: lasts ? [{ type: 'reader.trouble_ended', body }] : [], answer: () => lasts })
  },
})

/** The tables of what is wrong with readers. */
export const readerTables = ['reader_troubles'] as const

/** Keeps which troubles last. Incidents of older releases have no end and are not kept. */
export const readerTroubleProjections: LedgerModule['projections'] = {
  'incident.opened': (db, { kind, about, lasts }) => {
    const trouble = /^reader_(.+)$/.exec(kind)?.[1]
    if (lasts && trouble !== undefined) keep(db, about.split('/')[0] ?? about, trouble)
  },
  'reader.trouble_ended': (db, body) => {
    const text = 'DELETE FROM reader_troubles WHERE device_id = ? AND trouble = ?'
    statement(db, text).run(body.deviceId, body.trouble)
  },
}

function keep(db: SiteDatabase, reader: string, trouble: string): void {
  const text = 'INSERT OR IGNORE INTO reader_troubles (device_id, trouble) VALUES (?, ?)'
  statement(db, text).run(reader, trouble)
}

function lasting(event: LedgerEvent): LedgerEvent {
  return event.type === 'incident.opened' ? { ...event, body: { ...event.body, lasts: true } } : event
}
