import type { ReceiptView } from '@gatehouse/shared/api/views'

/** The receipt as lines of plain text, as its QR code and a printer carry it; `money` and `time` write values. */
export function receiptText(
  receipt: ReceiptView,
  write: {
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
    ...price.lines.map((line) => `${line.label}: ${write.money(line.amountMinor)}`),
    `${write.total}: ${write.money(receipt.amountMinor)}`,
    `${write.tax}: ${write.money(price.taxMinor)}`,
  ].join('\n')
}
