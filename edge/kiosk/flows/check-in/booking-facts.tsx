import type { BookingView } from '@gatehouse/shared/api/views'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import receipt from '../../receipt/receipt.module.css'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'

/** Reference, space, time and status of a booking. */
export function Facts(props: { readonly booking: BookingView }): ReactNode {
  const { booking } = props
  const { site } = useSite()
  const t = useWords()
  return (
    <div className={receipt.card}>
      <strong className={receipt.big}>{booking.reference}</strong>
      <p className={receipt.facts} style={{ marginTop: 12 }}>
        <b>{booking.spaceName}</b>
        <span>
          <IntervalText fromMs={booking.fromMs} toMs={booking.toMs} timeZone={site.timeZone} />
        </span>
        <span>{t(`status.${booking.status}`)}</span>
        {booking.decidedBy === 'cloud' ? <span>{t('booking.byCloud')}</span> : null}
      </p>
    </div>
  )
}
