import type { ReceiptView } from '@gatehouse/shared/api/views'
import type { PriceLine } from '@gatehouse/shared/wire/v1/entries'

/** The receipt as lines of plain text, as its QR code and a printer carry it; `line`, `money` and `time` write values. */
export function receiptText(
  receipt: ReceiptView,
  write: {
    readonly line: (line: PriceLine) => string
    readonly money: (minor: number) => string
    readonly time: (ms: number) => string
    readonly tax: string
    readonly total: string
    readonly reference?: string
  },
): string {
  const { price } = receipt
  return [
    receipt.siteName,
    `${receipt.number} · ${write.time(receipt.atMs)}`,
    ...(write.reference === undefined ? [] : [write.reference]),
    ...price.lines.map((line) => `${write.line(line)}: ${write.money(line.amountMinor)}`),
    `${write.total}: ${write.money(receipt.amountMinor)}`,
    `${write.tax}: ${write.money(price.taxMinor)}`,
  ].join('\n')
}
