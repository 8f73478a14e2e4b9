import type { BookingView } from '@gatehouse/shared/api/views'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { BookingAct } from './booking-act.tsx'

/** Ends a booking in use after asking once; the rest of its time is free for others. */
export function ReleaseBooking(props: {
  readonly booking: BookingView
  readonly timeZone: string
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { releaseRefundMinor: refundMinor = 0, price } = props.booking
  const refund = t(refundMinor > 0 ? 'release.refund' : 'release.noRefund', {
    amount: formatMoney(refundMinor, price.currency, locale),
  })
  return (
    <BookingAct
      {...props}
      act="release"
      title={t('release.title')}
      sentence={`${t('release.hint')} ${refund}`}
      doIt={t('release.do')}
      leaveIt={t('release.stay')}
    />
  )
}
