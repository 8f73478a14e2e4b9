import { type BookingView, bookingViewSchema } from '@gatehouse/shared/api/views'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { Button, Modal, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWish } from '../api/wish.ts'
import { Refusal } from '../space/refusal.tsx'
import { useWords } from '../words/words.ts'

/** The words for what cancelling costs now and what comes back. */
function useFeeSentence(booking: BookingView): string {
  const t = useWords()
  const { locale } = useLanguage()
  const feeMinor = booking.cancelFeeMinor ?? 0
  const money = (minor: number) => formatMoney(minor, booking.price.currency, locale)
  if (booking.paidMinor === 0) return t('booking.cancelNone')
  const amount = money(Math.max(0, booking.paidMinor - feeMinor))
  if (feeMinor === 0) return t('booking.cancelFree', { amount })
  return t('booking.cancelFee', { fee: money(feeMinor), amount })
}

/** Cancels a booking after showing the fee; the danger is outlined until it is confirmed here. */
export function CancelBooking(props: {
  readonly booking: BookingView
  readonly timeZone: string
}): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const { booking } = props
  const sentence = useFeeSentence(booking)
  const cancel = useWish(bookingViewSchema, (answer) => {
    setOpen(false)
    client.setQueryData(['bookings', booking.bookingId], answer)
    void client.invalidateQueries({ queryKey: ['bookings'] })
  })
  return (
    <>
      <Button variant="danger" onClick={() => setOpen(true)} style={{ alignSelf: 'flex-start' }}>
        {t('booking.cancel')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('booking.cancelTitle')}
        closeButtonProps={{ 'aria-label': t('booking.keep') }}
      >
        <Stack gap="md">
          <Text>{sentence}</Text>
          {cancel.refusal ? <Refusal problem={cancel.refusal.problem} timeZone={props.timeZone} /> : null}
          <div className="gh-choices">
            <Button variant="default" onClick={() => setOpen(false)}>
              {t('booking.keep')}
            </Button>
            <Button
              className="danger-confirm"
              loading={cancel.busy}
              onClick={() =>
                cancel.send({ path: `/bookings/${encodeURIComponent(booking.bookingId)}/cancel`, body: {} })
              }
            >
              {t('booking.cancel')}
            </Button>
          </div>
        </Stack>
      </Modal>
    </>
  )
}
