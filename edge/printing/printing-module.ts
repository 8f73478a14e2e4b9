import { deviceIdSchema, randomCode } from '@gatehouse/shared/ids/ids'
import { type PrinterTrouble, printerTroubles } from '@gatehouse/shared/profiles/printer-rules'
import { ok } from '@gatehouse/shared/result/result'
import { z } from 'zod'
import { defineCommand, type LedgerModule } from '../ledger/command.ts'

const incidentKinds = {
  paper_low: 'printer_paper_low',
  paper_out: 'printer_paper_out',
  cover_open: 'printer_cover_open',
  cutter_jam: 'printer_cutter_jam',
  printer_error: 'printer_error',
} as const satisfies Record<PrinterTrouble, string>

/** A printer needs a person: opens an incident about its device. What is printed never holds a car or a door. */
const reportPrinter = defineCommand({
  kind: 'reportPrinter',
  priority: 2,
  sells: false,
  input: z.object({ deviceId: deviceIdSchema, trouble: z.enum(printerTroubles) }),
  run: (_db, { deviceId, trouble }, { random }) => {
    const incidentId = `inc_${randomCode(random, 16)}`
    const body = { incidentId, kind: incidentKinds[trouble], about: deviceId }
    return ok({ events: [{ type: 'incident.opened', body }], answer: () => trouble })
  },
})

/** Printers that need a person; plugs into the kernel. */
export const printingModule: LedgerModule = {
  name: 'printing',
  tablesSql: '',
  projectedTables: [],
  commands: [reportPrinter],
  projections: {},
}
