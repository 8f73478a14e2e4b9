import type { BookingReceiptView } from '@gatehouse/shared/api/booking-receipt-view'
import type { BookingView } from '@gatehouse/shared/api/views'
import { Faces } from '@gatehouse/shared/ui/faces.tsx'
import { Money } from '@gatehouse/shared/ui/money.tsx'
import { QrCode } from '@gatehouse/shared/ui/qr-code.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Stack, Text, Title } from '@mantine/core'
import { IconReceipt } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { receiptsQuery } from '../api/queries.ts'
import { useWords } from '../words/words.ts'

/** The receipts for what was paid here; nothing when nothing was, or when the site took the money. */
export function Receipts(props: { readonly booking: BookingView; readonly timeZone: string }): ReactNode {
  return props.booking.paidMinor > 0 ? <PaidReceipts {...props} /> : null
}

function PaidReceipts(props: { readonly booking: BookingView; readonly timeZone: string }): ReactNode {
  const receipts = useQuery(receiptsQuery(props.booking.bookingId))
  return (
    <Faces query={receipts} rows={1}>
      {(items) => (
        <>
          {items.map((receipt) => (
            <Receipt key={receipt.receiptId} {...{ receipt, timeZone: props.timeZone }} />
          ))}
        </>
      )}
    </Faces>
  )
}

function Receipt(props: { readonly receipt: BookingReceiptView; readonly timeZone: string }): ReactNode {
  const t = useWords()
  const [open, setOpen] = useState(false)
  const { receipt, timeZone } = props
  const { reference, paidMs, amountMinor, taxMinor, refundedMinor, currency } = receipt
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('booking.paid'), <Money key="paid" minor={amountMinor} currency={currency} />],
    [t('receipt.tax'), <Money key="tax" minor={taxMinor} currency={currency} />],
    ...(refundedMinor === 0
      ? []
      : [[t('booking.refunded'), <Money key="back" minor={refundedMinor} currency={currency} />] as const]),
    [t('receipt.when'), <TimeText key="when" ms={paidMs} timeZone={timeZone} style="dateTime" />],
    [t('booking.reference'), reference],
  ]
  return (
    <Stack component="section" gap="sm" className="gh-card" p="md" aria-label={t('receipt.title')}>
      <Title order={2} size="h4">
        {t('receipt.title')}
      </Title>
      <dl className="booking-details">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Button
        variant="default"
        leftSection={<IconReceipt size={20} aria-hidden />}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        style={{ alignSelf: 'flex-start' }}
      >
        {t(open ? 'receipt.hide' : 'receipt.show')}
      </Button>
      {open ? (
        <>
          <div className="booking-receipt-code">
            <QrCode text={receipt.text} label={t('receipt.code')} dense />
          </div>
          <Text size="sm" c="dimmed">
            {t('receipt.hint')} <TimeText ms={receipt.toMs} timeZone={timeZone} style="dateTime" />
          </Text>
          <Text component="output" size="sm" c="dimmed" className="booking-receipt-text">
            {receipt.text}
          </Text>
        </>
      ) : null}
    </Stack>
  )
}
