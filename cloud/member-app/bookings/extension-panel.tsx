import { type BookingView, bookingViewSchema } from '@gatehouse/shared/api/views'
import { formatMoney, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { Button, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWish } from '../api/wish.ts'
import { PriceLines } from '../space/price-lines.tsx'
import { Refusal } from '../space/refusal.tsx'
import { useWords } from '../words/words.ts'
import { bodies, cards, HoldTimer, type Means, MeansChoice } from './pay-panel.tsx'

/** Pays a later end while it is held; without a payment the booking stays as it was. */
export function ExtensionPanel(props: {
  readonly booking: BookingView
  readonly extension: NonNullable<BookingView['extension']>
  readonly timeZone: string
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const client = useQueryClient()
  const now = useServerNowMs()
  const [by, setBy] = useState<Means>('card')
  const { booking, extension, timeZone } = props
  const pay = useWish(bookingViewSchema, (answer) => {
    client.setQueryData(['bookings', booking.bookingId], answer)
    void client.invalidateQueries({ queryKey: ['bookings'] })
  })
  const { toMs, holdUntilMs, price } = extension
  if (holdUntilMs <= now && !pay.busy) return null
  const time = (ms: number) => formatTime(ms, locale, 'time', timeZone)
  return (
    <Stack gap="md" className="gh-card" p="md">
      <Title order={2} size="h3">
        {t('extend.payTitle', { time: time(toMs) })}
      </Title>
      <HoldTimer untilMs={holdUntilMs} now={now} />
      <PriceLines price={price} />
      <MeansChoice
        means={cards}
        by={by}
        onChange={(value) => {
          pay.forget()
          setBy(value)
        }}
      />
      {pay.refusal ? <Refusal problem={pay.refusal.problem} timeZone={timeZone} /> : null}
      <Button
        fullWidth
        loading={pay.busy}
        onClick={() =>
          pay.send({
            path: `/bookings/${encodeURIComponent(booking.bookingId)}/extend/confirm`,
            body: { ...bodies[by], toMs },
          })
        }
      >
        {t('pay.submit', { amount: formatMoney(price.totalMinor, price.currency, locale) })}
      </Button>
      <Text size="sm" c="dimmed">
        {t('extend.unpaid', { time: time(booking.toMs) })}
      </Text>
    </Stack>
  )
}
