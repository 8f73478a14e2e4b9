import { Failed, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { viewerZone } from '@gatehouse/shared/ui/format.ts'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import { Anchor, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { bookingQuery } from '../api/queries.ts'
import { useSite } from '../site/site-answer.ts'
import { useWords } from '../words/words.ts'
import { holdPass, type PassSubject } from './pass-keeper.ts'
import { PassSheet } from './pass-sheet.tsx'
import { RefusedSteps } from './refused-steps.tsx'

const bookingRoute = getRouteApi('/bookings/$bookingId/pass')
const siteRoute = getRouteApi('/sites/$siteId/pass')
const renewEveryMs = 10 * 60_000

/** The pass itself in every state: being fetched, shown, run out, refused, or not possible in this browser. */
function Pass(props: { readonly subject: PassSubject; readonly timeZone: string }): ReactNode {
  const t = useWords()
  const { subject, timeZone } = props
  const pass = useQuery({
    queryKey: ['pass', ...Object.values(subject)],
    queryFn: async () => (await holdPass(subject)) ?? null,
    refetchInterval: renewEveryMs,
    retry: false,
    gcTime: 0,
  })
  if (pass.data) return <PassSheet held={pass.data} timeZone={timeZone} overHint={t('pass.overHint')} />
  if (pass.data === null) {
    return (
      <Notice tone="held" title={t('pass.unsupported')}>
        {t('pass.unsupportedHint')}
      </Notice>
    )
  }
  if (pass.isError) return <Failed error={pass.error} retry={pass.refetch} />
  return <Skeleton height={360} maw={480} radius="md" aria-label={t('pass.loading')} />
}

/** The pass of one booking: code, place, time, and what to do when it is refused. */
export function BookingPassScreen(): ReactNode {
  const t = useWords()
  const { bookingId } = bookingRoute.useParams()
  const booking = useQuery(bookingQuery(bookingId)).data
  const site = useSite(booking?.siteId).data
  const timeZone = site?.timeZone ?? viewerZone()
  useDocumentTitle(`${t('pass.title')} · ${t('app.name')}`)
  return (
    <Stack gap="md" maw={560}>
      <Anchor size="sm" renderRoot={(p) => <Link to="/bookings/$bookingId" params={{ bookingId }} {...p} />}>
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('pass.back')}
      </Anchor>
      <div>
        <Title order={1}>{booking?.spaceName ?? t('pass.title')}</Title>
        {booking ? (
          <Text>
            {site ? `${site.name} · ` : ''}
            <IntervalText fromMs={booking.fromMs} toMs={booking.toMs} timeZone={timeZone} />
          </Text>
        ) : null}
      </div>
      <Pass subject={{ kind: 'booking', bookingId }} timeZone={timeZone} />
      <RefusedSteps>{t('pass.refusedElse')}</RefusedSteps>
    </Stack>
  )
}

/** The member's own pass at one site. */
export function SitePassScreen(): ReactNode {
  const t = useWords()
  const { siteId } = siteRoute.useParams()
  const site = useSite(siteId).data
  useDocumentTitle(`${t('pass.title')} · ${t('app.name')}`)
  return (
    <Stack gap="md" maw={560}>
      <Anchor size="sm" renderRoot={(p) => <Link to="/sites/$siteId" params={{ siteId }} {...p} />}>
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('pass.backToSite')}
      </Anchor>
      <div>
        <Title order={1}>{site?.name ?? t('pass.title')}</Title>
        <Text>{t('pass.member')}</Text>
      </div>
      <Pass subject={{ kind: 'member', siteId }} timeZone={site?.timeZone ?? viewerZone()} />
      <RefusedSteps>{t('pass.refusedElse')}</RefusedSteps>
    </Stack>
  )
}
