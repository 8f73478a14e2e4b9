import { type BookingView, bookingViewSchema } from '@gatehouse/shared/api/views'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { Button, Modal, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWish } from '../api/wish.ts'
import { Refusal } from '../space/refusal.tsx'
import { useWords } from '../words/words.ts'

/** Ends a booking in use after asking once; the rest of its time is free for others. */
export function ReleaseBooking(props: {
  readonly booking: BookingView
  readonly timeZone: string
}): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const { locale } = useLanguage()
  const { booking } = props
  const refundMinor = booking.releaseRefundMinor ?? 0
  const amount = formatMoney(refundMinor, booking.price.currency, locale)
  const close = () => setOpen(false)
  const release = useWish(bookingViewSchema, (answer) => {
    close()
    client.setQueryData(['bookings', booking.bookingId], answer)
    void client.invalidateQueries({ queryKey: ['bookings'] })
  })
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('release.do')}
      </Button>
      <Modal
        opened={open}
        onClose={close}
        title={t('release.title')}
        closeButtonProps={{ 'aria-label': t('release.stay') }}
      >
        <Stack gap="md">
          <Text>
            {t('release.hint')} {t(refundMinor > 0 ? 'release.refund' : 'release.noRefund', { amount })}
          </Text>
          {release.refusal ? <Refusal problem={release.refusal.problem} timeZone={props.timeZone} /> : null}
          <div className="gh-choices">
            <Button variant="default" onClick={close}>
              {t('release.stay')}
            </Button>
            <Button
              loading={release.busy}
              onClick={() =>
                release.send({ path: `/bookings/${encodeURIComponent(booking.bookingId)}/release`, body: {} })
              }
            >
              {t('release.do')}
            </Button>
          </div>
        </Stack>
      </Modal>
    </>
  )
}
