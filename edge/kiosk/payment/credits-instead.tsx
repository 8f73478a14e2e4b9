import type { BookingView } from '@gatehouse/shared/api/views'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { IconCoins } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ActionButton } from '../frame/action-button.tsx'
import { readCredits } from '../site/kiosk-api.ts'
import { useWords } from '../words/words.ts'

/** Paying with credits, where the site may spend enough of them for this booking; else nothing. */
export function CreditsInstead(props: {
  readonly booking: BookingView
  readonly memberToken: string
  readonly busy: boolean
  readonly onCredits: () => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { booking, memberToken } = props
  const { bookingId, price } = booking
  const credits = useQuery({
    queryKey: ['credits', bookingId],
    queryFn: ({ signal }) => readCredits(bookingId, memberToken, signal),
    // What is left changes with every payment.
    gcTime: 0,
  })
  if (credits.data === undefined || credits.data.leftMinor < price.totalMinor) return null
  const amount = formatMoney(credits.data.leftMinor, credits.data.currency, locale)
  return (
    <ActionButton unavailable={props.busy} onPress={props.onCredits} icon={<IconCoins aria-hidden />}>
      {t('pay.credits', { amount })}
    </ActionButton>
  )
}
