import type { BookingView, SiteView } from '@gatehouse/shared/api/views'
import { referenceCode } from '@gatehouse/shared/booking/reference'
import { assertNever } from '@gatehouse/shared/result/result'
import { Faces, Notice, OfflineBanner } from '@gatehouse/shared/ui/faces.tsx'
import { viewerZone } from '@gatehouse/shared/ui/format.ts'
import { Money } from '@gatehouse/shared/ui/money.tsx'
import { useProblemWords } from '@gatehouse/shared/ui/problem-words.ts'
import { QrCode } from '@gatehouse/shared/ui/qr-code.tsx'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { IntervalText, TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Anchor, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconChevronLeft, IconQrcode } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { bookingQuery } from '../api/queries.ts'
import { useSite } from '../site/site-answer.ts'
import { useWords } from '../words/words.ts'
import { BookingState } from './booking-state.tsx'
import './booking-screen.css'
import { CancelBooking } from './cancel-dialog.tsx'
import { ExtendBooking } from './extend-dialog.tsx'
import { ExtensionPanel } from './extension-panel.tsx'
import { GuestsCard } from './guests-card.tsx'
import { PayPanel } from './pay-panel.tsx'
import { Receipts } from './receipts.tsx'
import { ReleaseBooking } from './release-dialog.tsx'

const route = getRouteApi('/bookings/$bookingId')

function Reference(props: { readonly booking: BookingView }): ReactNode {
  const t = useWords()
  const { reference, decidedBy } = props.booking
  return (
    <div className="gh-card booking-reference">
      <div>
        <Text size="sm" c="dimmed">
          {t('booking.reference')}
        </Text>
        <output className="gh-figures" data-testid="reference">
          {reference}
        </output>
        <Text size="sm" c="dimmed">
          {decidedBy ? `${t(decidedBy === 'site' ? 'booking.bySite' : 'booking.byCloud')} · ` : ''}
          {t('booking.referenceHint')}
        </Text>
      </div>
      <QrCode text={referenceCode(reference)} label={t('booking.referenceCode')} />
    </div>
  )
}

/** The way to the pass: the verb of the page, unless there is something to pay. */
function PassLink(props: { readonly bookingId: string; readonly second: boolean }): ReactNode {
  const t = useWords()
  const { bookingId } = props
  return (
    <Button
      variant={props.second ? 'default' : 'filled'}
      leftSection={<IconQrcode size={20} aria-hidden />}
      renderRoot={(link) => <Link to="/bookings/$bookingId/pass" params={{ bookingId }} {...link} />}
    >
      {t('pass.show')}
    </Button>
  )
}

function AmountRow(props: {
  readonly label: string
  readonly minor: number
  readonly currency: string
}): ReactNode {
  if (props.minor === 0) return null
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        <Money minor={props.minor} currency={props.currency} />
      </dd>
    </div>
  )
}

function Details(props: { readonly booking: BookingView; readonly site: SiteView | undefined }): ReactNode {
  const t = useWords()
  const { booking, site } = props
  const { currency } = booking.price
  return (
    <dl className="booking-details">
      <div>
        <dt>{t('booking.when')}</dt>
        <dd>
          <IntervalText
            fromMs={booking.fromMs}
            toMs={booking.toMs}
            timeZone={site?.timeZone ?? viewerZone()}
          />
        </dd>
      </div>
      <div>
        <dt>{t('booking.where')}</dt>
        <dd>{site ? `${site.name}, ${site.address}` : booking.siteId}</dd>
      </div>
      {booking.endedMs === undefined ? null : (
        <div>
          <dt>{t('booking.endedEarly')}</dt>
          <dd>
            <TimeText ms={booking.endedMs} timeZone={site?.timeZone ?? viewerZone()} />
          </dd>
        </div>
      )}
      <AmountRow label={t('booking.paid')} minor={booking.paidMinor} currency={currency} />
      <AmountRow label={t('booking.refunded')} minor={booking.refundedMinor} currency={currency} />
    </dl>
  )
}

function Choices(props: { readonly booking: BookingView; readonly timeZone: string }): ReactNode {
  return (
    <Group gap="sm">
      <ExtendBooking {...props} />
      {props.booking.status === 'confirmed' ? <CancelBooking {...props} /> : <ReleaseBooking {...props} />}
    </Group>
  )
}

/** A booking that stands: its pass and code, a later end that waits for its payment, and what can be changed. */
function Standing(props: {
  readonly booking: BookingView
  readonly timeZone: string
  readonly site: SiteView | undefined
}): ReactNode {
  const t = useWords()
  const now = useServerNowMs()
  const { booking, timeZone, site } = props
  const link = site?.link
  const { extension } = booking
  const offline = link?.state === 'offline'
  const payable = extension !== undefined && extension.holdUntilMs > now
  return (
    <>
      {offline ? (
        <OfflineBanner sinceMs={link.sinceMs} timeZone={timeZone}>
          {t('booking.siteOffline')}
        </OfflineBanner>
      ) : null}
      <PassLink bookingId={booking.bookingId} second={payable} />
      <Reference booking={booking} />
      {extension ? <ExtensionPanel booking={booking} extension={extension} timeZone={timeZone} /> : null}
      {booking.toMs > now && !offline ? <Choices booking={booking} timeZone={timeZone} /> : null}
      {booking.toMs > now ? <GuestsCard booking={booking} site={site} /> : null}
    </>
  )
}

/** Why the site said no, and the way to another time. */
function RefusedNote(props: { readonly booking: BookingView }): ReactNode {
  const t = useWords()
  const words = useProblemWords()
  const code = props.booking.refusal ?? ''
  const { title, hint } = words({ type: '', title: '', status: 409, code, hint: '' })
  return (
    <Notice tone="out" title={t('booking.refused')} action={<BookAgain booking={props.booking} />}>
      {title === '' ? t('booking.refusedElse') : `${title} ${hint}`}
    </Notice>
  )
}

/** The way back to the space of a booking that is over. */
function BookAgain(props: { readonly booking: BookingView }): ReactNode {
  const t = useWords()
  const { siteId, spaceId } = props.booking
  return (
    <Button
      style={{ alignSelf: 'flex-start' }}
      renderRoot={(anchor) => (
        <Link to="/sites/$siteId/spaces/$spaceId" params={{ siteId, spaceId }} {...anchor} />
      )}
    >
      {t('booking.again')}
    </Button>
  )
}

function StatusBody(props: {
  readonly booking: BookingView
  readonly timeZone: string
  readonly site: SiteView | undefined
}): ReactNode {
  const t = useWords()
  const { booking, timeZone } = props
  switch (booking.status) {
    case 'pending':
      return (
        <Notice tone="held" title={t('pending.title')} action={<Loader size="sm" type="dots" />}>
          {t('pending.hint')}
        </Notice>
      )
    case 'held':
      return <PayPanel booking={booking} timeZone={timeZone} />
    case 'confirmed':
    case 'checked_in':
      return <Standing {...props} />
    case 'refused':
      return <RefusedNote booking={booking} />
    case 'completed':
    case 'cancelled':
    case 'no_show':
    case 'expired':
      return <BookAgain booking={booking} />
    case 'displaced':
      return (
        <Notice tone="out" title={t('booking.displacedTitle')} action={<BookAgain booking={booking} />}>
          {t('booking.displacedHint')}
        </Notice>
      )
    default:
      return assertNever(booking.status)
  }
}

/** One booking at every stage: waiting, held and payable, confirmed by the site, refused or over. */
export function BookingScreen(): ReactNode {
  const t = useWords()
  const { bookingId } = route.useParams()
  const booking = useQuery(bookingQuery(bookingId))
  useDocumentTitle(`${booking.data?.spaceName ?? t('bookings.title')} · ${t('app.name')}`)
  const siteId = booking.data?.siteId
  const site = useSite(siteId)
  return (
    <Stack gap="md" maw={640}>
      <Anchor size="sm" renderRoot={(props) => <Link to="/bookings" {...props} />}>
        <IconChevronLeft size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {t('booking.back')}
      </Anchor>
      <Faces query={booking}>
        {(view) => (
          <>
            <Group gap="sm">
              <Title order={1}>{view.spaceName}</Title>
              <BookingState status={view.status} />
            </Group>
            <Details booking={view} site={site.data} />
            <StatusBody booking={view} timeZone={site.data?.timeZone ?? viewerZone()} site={site.data} />
            <Receipts booking={view} timeZone={site.data?.timeZone ?? viewerZone()} />
          </>
        )}
      </Faces>
    </Stack>
  )
}
