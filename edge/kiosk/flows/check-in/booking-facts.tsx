import type { BookingView } from '@gatehouse/shared/api/views'
import { StateShape } from '@gatehouse/shared/ui/state-chip.tsx'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import receipt from '../../receipt/receipt.module.css'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'

/** Nobody can check in with one of these any more. */
const ended: readonly BookingView['status'][] = ['cancelled', 'no_show', 'expired', 'displaced']

/** Reference, space, time and status of a booking. */
export function Facts(props: { readonly booking: BookingView }): ReactNode {
  const { booking } = props
  const { site } = useSite()
  const t = useWords()
  const isEnded = ended.includes(booking.status)
  return (
    <div className={receipt.card}>
      <strong className={receipt.big} data-ended={isEnded}>
        {booking.reference}
      </strong>
      <p className={receipt.facts} style={{ marginTop: 12 }}>
        <b>{booking.spaceName}</b>
        <span>
          <IntervalText fromMs={booking.fromMs} toMs={booking.toMs} timeZone={site.timeZone} />
        </span>
        <span className={receipt.state} data-ended={isEnded}>
          {isEnded ? <StateShape state="out" size={20} /> : null} {t(`status.${booking.status}`)}
        </span>
        {booking.decidedBy === 'cloud' ? <span>{t('booking.byCloud')}</span> : null}
      </p>
    </div>
  )
}
