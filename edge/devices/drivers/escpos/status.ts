import type { PrinterTrouble } from '@gatehouse/shared/profiles/printer-rules'

/** The four questions of DLE EOT: printer, cause of offline, cause of error, paper sensors. */
export const statusQuestions = [1, 2, 3, 4] as const
export type StatusQuestion = (typeof statusQuestions)[number]
export type StatusBytes = Readonly<Record<StatusQuestion, number>>

/** Asks one of them; a printer answers with one byte at once, also while it is offline (ESC/POS, DLE EOT n). */
export function statusRequest(question: StatusQuestion): Uint8Array {
  return Uint8Array.from([0x10, 0x04, question])
}

/** Tells answers from noise: of every one bits 1 and 4 are set, 0 and 7 are not. */
export function isStatus(byte: number): boolean {
  return (byte & 0b1001_0011) === 0b0001_0010
}

/** The answer to GS r, which is none to DLE EOT: bits 4 and 7 are not set. */
export function isConfirmation(byte: number): boolean {
  return (byte & 0b1001_0000) === 0
}

/** What four answers say is wrong; empty when the printer can print. */
export function troublesOf(status: StatusBytes): ReadonlySet<PrinterTrouble> {
  const troubles = new Set<PrinterTrouble>()
  const has = (question: StatusQuestion, bits: number) => (status[question] & bits) !== 0
  if (has(4, 0x0c)) troubles.add('paper_low')
  if (has(4, 0x60) || has(2, 0x20)) troubles.add('paper_out')
  if (has(2, 0x04)) troubles.add('cover_open')
  if (has(3, 0x08)) troubles.add('cutter_jam')
  // Offline for a reason that none of the other answers gives, or one that only switching off and on mends.
  if (has(3, 0x20 | 0x40) || (has(1, 0x08) && ![...troubles].some((one) => one !== 'paper_low'))) {
    troubles.add('printer_error')
  }
  return troubles
}

/** The trouble that keeps a printer from printing, the one that a person sees first. */
export function blockingTrouble(troubles: ReadonlySet<PrinterTrouble>): PrinterTrouble | undefined {
  const order: PrinterTrouble[] = ['cover_open', 'paper_out', 'cutter_jam', 'printer_error']
  return order.find((trouble) => troubles.has(trouble))
}
