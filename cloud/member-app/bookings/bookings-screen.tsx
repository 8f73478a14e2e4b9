import type { BookingView, SiteView } from '@gatehouse/shared/api/views'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { viewerZone } from '@gatehouse/shared/ui/format.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { bookingsQuery, sitesQuery } from '../api/queries.ts'
import { useWords } from '../words/words.ts'
import { BookingState } from './booking-state.tsx'

const closed: ReadonlySet<BookingView['status']> = new Set([
  'completed',
  'cancelled',
  'no_show',
  'expired',
  'displaced',
  'refused',
])

function Row(props: { readonly booking: BookingView; readonly site: SiteView | undefined }): ReactNode {
  const { booking, site } = props
  return (
    <Link to="/bookings/$bookingId" params={{ bookingId: booking.bookingId }} className="gh-card site-card">
      <Group wrap="nowrap" justify="space-between" p="md" gap="sm">
        <Stack gap="xs" style={{ minWidth: 0 }}>
          <div>
            <Text fw={600}>{booking.spaceName}</Text>
            <Text size="sm" c="dimmed">
              {site?.name ?? booking.siteId}
            </Text>
          </div>
          <Text size="sm">
            <IntervalText
              fromMs={booking.fromMs}
              toMs={booking.toMs}
              timeZone={site?.timeZone ?? viewerZone()}
            />
          </Text>
          <BookingState status={booking.status} />
        </Stack>
        <IconChevronRight size={20} aria-hidden color="var(--gh-muted)" style={{ flex: 'none' }} />
      </Group>
    </Link>
  )
}

function Section(props: {
  readonly title: string
  readonly bookings: readonly BookingView[]
  readonly sites: readonly SiteView[]
}): ReactNode {
  if (props.bookings.length === 0) return null
  return (
    <Stack gap="sm" component="section">
      <Title order={2}>{props.title}</Title>
      <ul className="site-list">
        {props.bookings.map((booking) => (
          <li key={booking.bookingId}>
            <Row booking={booking} site={props.sites.find(({ siteId }) => siteId === booking.siteId)} />
          </li>
        ))}
      </ul>
    </Stack>
  )
}

/** My bookings: what comes, soonest first, then what was. */
export function BookingsScreen(): ReactNode {
  const t = useWords()
  useDocumentTitle(`${t('bookings.title')} · ${t('app.name')}`)
  const now = useServerNowMs(30_000)
  const bookings = useQuery(bookingsQuery)
  const sites = useQuery(sitesQuery(''))
  const find = <Button renderRoot={(props) => <Link to="/" {...props} />}>{t('bookings.find')}</Button>
  return (
    <Stack gap="lg">
      <Title order={1}>{t('bookings.title')}</Title>
      <Faces
        query={bookings}
        empty={
          <Notice title={t('bookings.empty')} action={find}>
            {t('bookings.emptyHint')}
          </Notice>
        }
      >
        {(items) => {
          const coming = items.filter(({ status, toMs }) => !closed.has(status) && toMs > now)
          const earlier = items.filter((booking) => !coming.includes(booking))
          return (
            <>
              <Section
                title={t('bookings.coming')}
                bookings={[...coming].sort((a, b) => a.fromMs - b.fromMs)}
                sites={sites.data ?? []}
              />
              <Section
                title={t('bookings.past')}
                bookings={[...earlier].sort((a, b) => b.fromMs - a.fromMs)}
                sites={sites.data ?? []}
              />
            </>
          )
        }}
      </Faces>
    </Stack>
  )
}
