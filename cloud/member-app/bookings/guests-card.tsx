import type { BookingGuests, GuestView } from '@gatehouse/shared/api/guest-view'
import type { BookingView, SiteView } from '@gatehouse/shared/api/views'
import { Faces } from '@gatehouse/shared/ui/faces.tsx'
import { formatTime, viewerZone } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Group, Modal, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { DangerAct } from '../account/danger-act.tsx'
import { useWords } from '../words/words.ts'
import { GuestLink } from './guest-link.tsx'
import { guestsQuery, readSecret, takeGuestBack } from './guests.ts'
import { InviteGuest } from './invite-guest.tsx'

const shapes: Readonly<Record<GuestView['state'], ChipState>> = {
  invited: 'held',
  on_phone: 'free',
  taken_back: 'out',
}

interface OfBooking {
  readonly bookingId: string
  readonly timeZone: string
  readonly about: string
}

/** The link again, on the device that made it. */
function LinkAgain(props: { readonly guestId: string; readonly about: string }): ReactNode {
  const t = useWords()
  const [open, setOpen] = useState(false)
  const secret = useQuery({
    queryKey: ['guest-secret', props.guestId],
    queryFn: () => readSecret(props.guestId),
    networkMode: 'always',
    gcTime: 0,
  }).data
  if (!secret) return null
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('guests.showLink')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('guests.link')}
        closeButtonProps={{ 'aria-label': t('guests.close') }}
      >
        <GuestLink secret={secret} about={props.about} />
      </Modal>
    </>
  )
}

function Guest(props: OfBooking & { readonly guest: GuestView }): ReactNode {
  const t = useWords()
  const { guest, bookingId, timeZone, about } = props
  const { guestId, state, openedMs, invitedMs } = guest
  const name = guest.name ?? t('guests.unnamed')
  return (
    <Group justify="space-between" gap="xs" align="flex-start">
      <Stack gap={4} style={{ flex: '1 1 200px', minWidth: 0 }}>
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        <Group gap="xs">
          <StateChip state={shapes[state]}>{t(`guests.state.${state}`)}</StateChip>
          {state === 'taken_back' ? null : (
            <Text size="sm" c="dimmed">
              {t(openedMs === undefined ? 'guests.invitedAt' : 'guests.openedAt')}{' '}
              <TimeText ms={openedMs ?? invitedMs} timeZone={timeZone} style="dateTime" />
            </Text>
          )}
        </Group>
      </Stack>
      {state === 'taken_back' ? null : (
        <Group gap="xs">
          {state === 'invited' ? <LinkAgain {...{ guestId, about }} /> : null}
          <DangerAct
            doIt={t('passes.takeBack')}
            doItNamed={t('guests.takeBackNamed', { name })}
            title={t('guests.takeBackTitle', { name })}
            hint={t('guests.takeBackHint')}
            leaveIt={t('passes.keep')}
            run={() => takeGuestBack(bookingId, guestId)}
            changes={guestsQuery(bookingId).queryKey}
          />
        </Group>
      )}
    </Group>
  )
}

function Guests(props: OfBooking & { readonly guests: BookingGuests }): ReactNode {
  const t = useWords()
  const { items, guestsMax } = props.guests
  const live = items.filter(({ state }) => state !== 'taken_back').length
  const isFull = live >= guestsMax
  // The space has room for the member alone.
  if (guestsMax === 0 && items.length === 0) return null
  return (
    <Paper className="gh-card" p="md" component="section" aria-labelledby="guests">
      <Stack gap="md">
        <div>
          <Title order={2} size="h4" id="guests">
            {t('guests.title')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('guests.count', { live, max: guestsMax })}
          </Text>
        </div>
        {items.length === 0 ? (
          <Text size="sm">{t('guests.none')}</Text>
        ) : (
          <Stack gap="md" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
            {items.map((guest) => (
              <li key={guest.guestId}>
                <Guest {...props} guest={guest} />
              </li>
            ))}
          </Stack>
        )}
        {isFull ? <Text size="sm">{t('guests.full')}</Text> : null}
        <InviteGuest {...props} isFull={isFull} />
      </Stack>
    </Paper>
  )
}

/** The guests of a booking that stands: who was invited, who has a pass, and the way to invite or take back. */
export function GuestsCard(props: {
  readonly booking: BookingView
  readonly site: SiteView | undefined
}): ReactNode {
  const { locale } = useLanguage()
  const { booking, site } = props
  const guests = useQuery(guestsQuery(booking.bookingId))
  const timeZone = site?.timeZone ?? viewerZone()
  const when = formatTime(booking.fromMs, locale, 'dateTime', timeZone)
  const about = [site?.name, booking.spaceName, when].filter(Boolean).join(' · ')
  return (
    <Faces query={guests} rows={1}>
      {(found) => <Guests guests={found} {...{ bookingId: booking.bookingId, timeZone, about }} />}
    </Faces>
  )
}
