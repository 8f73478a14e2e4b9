import { bookingViewSchema, type SiteView, type SpaceView } from '@gatehouse/shared/api/views'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWish } from '../api/wish.ts'
import { useWords } from '../words/words.ts'
import { PriceLines } from './price-lines.tsx'
import { Refusal } from './refusal.tsx'

/** The chosen time, its price, and the verb that asks the site to hold it. */
export function HoldPanel(props: {
  readonly site: SiteView
  readonly space: SpaceView
  readonly fromMs: number
  readonly toMs: number
  /** Absent while nobody knows. */
  readonly free: boolean | undefined
  readonly onAlternative: (alternative: { spaceId: string; fromMs: number; toMs: number }) => void
}): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { site, space, fromMs, toMs } = props
  const { timeZone } = site
  const hold = useWish(bookingViewSchema, (booking) => {
    client.setQueryData(['bookings', booking.bookingId], booking)
    void client.invalidateQueries({ queryKey: ['bookings'], exact: true })
    void client.invalidateQueries({ queryKey: ['plan', props.site.siteId] })
    void navigate({ to: '/bookings/$bookingId', params: { bookingId: booking.bookingId } })
  })
  const ask = () =>
    hold.send({
      path: `/sites/${encodeURIComponent(props.site.siteId)}/bookings`,
      body: { spaceId: space.spaceId, fromMs, toMs },
    })
  return (
    <Stack gap="md" className="gh-card" p="md">
      <div>
        <Text size="sm" c="dimmed">
          {t('space.chosen')}
        </Text>
        <Text fw={600}>
          <IntervalText fromMs={fromMs} toMs={toMs} timeZone={timeZone} />
        </Text>
      </div>
      {space.price ? <PriceLines price={space.price} /> : <Text c="dimmed">{t('price.none')}</Text>}
      {hold.refusal ? (
        <Refusal
          problem={hold.refusal.problem}
          timeZone={timeZone}
          onAlternative={(alternative) => {
            hold.forget()
            props.onAlternative(alternative)
          }}
        />
      ) : null}
      {site.link.state === 'offline' && space.lent !== true ? (
        <Elsewhere />
      ) : (
        <>
          {props.free === false && (site.status ?? 'open') === 'open' ? (
            <Text size="sm" c="var(--gh-held)" role="status">
              {t('space.notFree')}
            </Text>
          ) : null}
          <Text size="sm" c="dimmed" data-testid="path">
            {t(space.lent ? 'space.byLoan' : 'space.bySite')}
          </Text>
          <Button fullWidth onClick={ask} loading={hold.busy} disabled={props.free !== true}>
            {t('space.hold')}
          </Button>
        </>
      )}
    </Stack>
  )
}

/** What can be done in place of a booking while the site is not heard: its kiosk, or another site. */
function Elsewhere(): ReactNode {
  const t = useWords()
  return (
    <>
      <Text size="sm" role="status">
        {t('space.offline')}
      </Text>
      <Button fullWidth renderRoot={(anchor) => <Link to="/" {...anchor} />}>
        {t('refused.otherSites')}
      </Button>
    </>
  )
}
