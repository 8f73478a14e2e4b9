import { z } from 'zod'

/** What a printer can do, as far as paper is laid out for it. */
export const printerRulesSchema = z.strictObject({
  /** Characters of the normal font in one line. */
  columns: z.int().min(16).max(80),
  /** How the maker numbers code pages. */
  codepages: z.enum(['epson', 'star', 'bixolon', 'citizen']),
  cut: z.enum(['full', 'partial', 'none']),
  /** Modules of the QR code in dots. */
  codeDots: z.int().min(3).max(16),
})
export type PrinterRules = z.infer<typeof printerRulesSchema>

/** What a printer needs a person for. `paper_low` still prints. */
export const printerTroubles = [
  'paper_low',
  'paper_out',
  'cover_open',
  'cutter_jam',
  'printer_error',
] as const
export type PrinterTrouble = (typeof printerTroubles)[number]
