import type { BookingView } from '@gatehouse/shared/api/views'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { BookingAct } from './booking-act.tsx'

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

/** Cancels a booking after showing the fee. */
export function CancelBooking(props: {
  readonly booking: BookingView
  readonly timeZone: string
}): ReactNode {
  const t = useWords()
  return (
    <BookingAct
      {...props}
      act="cancel"
      danger
      title={t('booking.cancelTitle')}
      sentence={useFeeSentence(props.booking)}
      doIt={t('booking.cancel')}
      leaveIt={t('booking.keep')}
    />
  )
}
