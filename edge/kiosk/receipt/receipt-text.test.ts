import type { ReceiptView } from '@gatehouse/shared/api/views'
import { describe, expect, it } from 'vitest'
import { receiptText } from './receipt-text.ts'

const receipt = {
  paymentId: 'pm_1',
  number: '1-007479',
  siteName: 'Harbour House',
  atMs: 1_000,
  method: 'card',
  amountMinor: 640,
  price: { lines: [{ code: 'rate', label: 'Day', quantity: 2, amountMinor: 640 }], taxMinor: 102 },
} as unknown as ReceiptView

describe('the text of a receipt', () => {
  it('carries site, number, time, reference, every line, total and tax', () => {
    const text = receiptText(receipt, {
      line: ({ label }) => label,
      money: (minor) => `${minor} cents`,
      time: (ms) => `at ${ms}`,
      tax: 'VAT 19 %',
      total: 'Total',
      reference: 'Reference: HH-9XEHX',
    })
    expect(text.split('\n')).toEqual([
      'Harbour House',
      '1-007479 · at 1000',
      'Reference: HH-9XEHX',
      'Day: 640 cents',
      'Total: 640 cents',
      'VAT 19 %: 102 cents',
    ])
  })
})
