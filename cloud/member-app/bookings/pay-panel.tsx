import { type BookingView, bookingViewSchema } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatCountdown, formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { StateShape } from '@gatehouse/shared/ui/state-chip.tsx'
import { Button, Radio, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useWish } from '../api/wish.ts'
import { PriceLines } from '../space/price-lines.tsx'
import { Refusal } from '../space/refusal.tsx'
import { useWords } from '../words/words.ts'

export type Means = 'card' | 'declined' | 'plan'
export const cards: readonly Means[] = ['card', 'declined']
export const bodies: Readonly<Record<Means, object>> = {
  card: { method: 'card', card: 'sandbox_ok' },
  declined: { method: 'card', card: 'sandbox_declined' },
  plan: { method: 'plan' },
}

/** What a price can be paid with: a plan that covers it, or else a card. */
function meansFor(booking: BookingView): readonly Means[] {
  return booking.price.lines.some(({ code }) => code === 'plan_covered') ? ['plan'] : cards
}

/** The hold has ended: nothing was charged, and the way back to the same time. */
function HoldOver(props: { readonly booking: BookingView }): ReactNode {
  const t = useWords()
  const { siteId, spaceId } = props.booking
  const again = (
    <Button
      renderRoot={(anchor) => (
        <Link to="/sites/$siteId/spaces/$spaceId" params={{ siteId, spaceId }} {...anchor} />
      )}
    >
      {t('hold.again')}
    </Button>
  )
  return (
    <Notice tone="held" title={t('hold.over')} action={again}>
      {t('hold.overHint')}
    </Notice>
  )
}

/** How long a hold still runs. */
export function HoldTimer(props: { readonly untilMs: number; readonly now: number }): ReactNode {
  const t = useWords()
  return (
    <Text fw={600} c="var(--gh-held)" className="gh-figures" role="timer">
      <StateShape state="held" /> {t('hold.left', { time: formatCountdown(props.untilMs - props.now) })}
    </Text>
  )
}

/** How to pay, of the means that there are. */
export function MeansChoice(props: {
  readonly means: readonly Means[]
  readonly by: Means
  readonly onChange: (by: Means) => void
}): ReactNode {
  const t = useWords()
  return (
    <Radio.Group
      label={
        <Title order={2} size="h3">
          {t('pay.title')}
        </Title>
      }
      value={props.by}
      onChange={(value) => props.onChange(value === 'plan' || value === 'declined' ? value : 'card')}
    >
      <Stack gap="sm" mt="sm">
        {props.means.map((value) => (
          <Radio key={value} value={value} label={t(`pay.${value}`)} description={t(`pay.${value}Hint`)} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

/** Pays a held booking by sandbox card or plan while its hold counts down. */
export function PayPanel(props: { readonly booking: BookingView; readonly timeZone: string }): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const client = useQueryClient()
  const now = useServerNowMs()
  const { booking } = props
  const means = meansFor(booking)
  const [by, setBy] = useState<Means>(means[0] ?? 'card')
  const done = (answer: BookingView) => {
    client.setQueryData(['bookings', booking.bookingId], answer)
    void client.invalidateQueries({ queryKey: ['bookings'] })
  }
  const pay = useWish(bookingViewSchema, done)
  const giveUp = useWish(bookingViewSchema, done)
  const untilMs = booking.holdUntilMs
  if (untilMs !== undefined && untilMs <= now) return <HoldOver booking={booking} />
  const path = `/bookings/${encodeURIComponent(booking.bookingId)}`
  const amount = formatMoney(booking.price.totalMinor, booking.price.currency, locale)
  const refusal = pay.refusal ?? giveUp.refusal
  return (
    <Stack gap="md" className="gh-card" p="md">
      {untilMs === undefined ? null : <HoldTimer untilMs={untilMs} now={now} />}
      <PriceLines price={booking.price} />
      <MeansChoice
        means={means}
        by={by}
        onChange={(value) => {
          pay.forget()
          setBy(value)
        }}
      />
      {refusal ? <Refusal problem={refusal.problem} timeZone={props.timeZone} /> : null}
      <Button
        fullWidth
        loading={pay.busy}
        onClick={() => pay.send({ path: `${path}/confirm`, body: bodies[by] })}
      >
        {by === 'plan' ? t('pay.withPlan') : t('pay.submit', { amount })}
      </Button>
      <Button
        fullWidth
        variant="default"
        loading={giveUp.busy}
        onClick={() => giveUp.send({ path: `${path}/cancel`, body: {} })}
      >
        {t('pay.giveUp')}
      </Button>
    </Stack>
  )
}
