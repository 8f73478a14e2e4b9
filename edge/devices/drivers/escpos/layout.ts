import type { PrinterRules } from '@gatehouse/shared/profiles/printer-rules'
import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder'
import type { Paper } from '../../ports/printer.ts'

/** Lines and characters that one paper may have; more is cut off. */
const linesMax = 40
const lineCharactersMax = 200
/** Longest code: what a QR code of middling density holds and a scanner still reads. */
const codeCharactersMax = 600

/** Lays a paper out as ESC/POS commands. Control characters in its texts become spaces. */
export function layOut(rules: PrinterRules, { title, lines, code }: Paper): Uint8Array {
  const encoder = new ReceiptPrinterEncoder({
    language: 'esc-pos',
    columns: rules.columns,
    codepageMapping: rules.codepages,
    newline: '\n',
    errors: 'relaxed',
  })
  encoder.initialize().codepage('auto').align('center').bold(true).line(plain(title)).bold(false).newline()
  encoder.align('left')
  for (const line of lines.slice(0, linesMax)) encoder.line(plain(line))
  if (code !== undefined && code.length <= codeCharactersMax) {
    encoder.newline().align('center').qrcode(code, { size: rules.codeDots, errorlevel: 'm' }).align('left')
  }
  encoder.newline(4)
  if (rules.cut !== 'none') encoder.cut(rules.cut)
  return encoder.encode()
}

function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, lineCharactersMax)
}
