import {
  type GuestLinkView,
  type GuestPass,
  guestSecretPattern,
  type LivingLinkView,
} from '@gatehouse/shared/api/guest-view'
import { assertNever } from '@gatehouse/shared/result/result'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { IntervalText, TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ProblemNotice } from '../account/vehicle-form.tsx'
import '../bookings/booking-screen.css'
import type { Holder } from '../pass/holder-key.ts'
import type { HeldPass } from '../pass/kept-pass.ts'
import { PassSheet } from '../pass/pass-sheet.tsx'
import { RefusedSteps } from '../pass/refused-steps.tsx'
import { useWords } from '../words/words.ts'
import { findGuestPass, lookAtLink, type OnPhone, openGuestLink } from './guest-keeper.ts'

const renewEveryMs = 60_000

/** What the guest is invited to. */
function Occasion(props: { readonly link: LivingLinkView }): ReactNode {
  const t = useWords()
  const { spaceName, siteName, address, fromMs, toMs, timeZone, guestName } = props.link
  return (
    <>
      <div>
        <Title order={1}>{spaceName}</Title>
        {guestName === undefined ? null : <Text>{t('guest.for', { name: guestName })}</Text>}
      </div>
      <dl className="booking-details">
        <div>
          <dt>{t('booking.when')}</dt>
          <dd>
            <IntervalText {...{ fromMs, toMs, timeZone }} />
          </dd>
        </div>
        <div>
          <dt>{t('booking.where')}</dt>
          <dd>
            {siteName}, {address}
          </dd>
        </div>
      </dl>
    </>
  )
}

/** When a phone opened the link. */
function Spent(props: { readonly link: GuestLinkView }): ReactNode {
  const t = useWords()
  const { openedMs, timeZone } = props.link
  return (
    <Notice tone="held" title={t('guest.spent')}>
      {openedMs === undefined ? null : (
        <>
          {t('guest.spentAt')} <TimeText ms={openedMs} timeZone={timeZone} style="dateTime" />.{' '}
        </>
      )}
      {t('guest.spentHint')}
    </Notice>
  )
}

/** The link as a phone without its pass meets it: to be opened, or why not. */
function Offer(props: {
  readonly link: GuestLinkView
  readonly secret: string
  readonly holder: Holder
}): ReactNode {
  const t = useWords()
  const client = useQueryClient()
  const { link, secret, holder } = props
  const open = useMutation({
    mutationFn: () => openGuestLink(secret, holder),
    onSuccess: (onPhone) => client.setQueryData(['guest-pass', secret], onPhone),
    // Somebody may have been faster.
    onError: () => client.invalidateQueries({ queryKey: ['guest-link', secret] }),
  })
  switch (link.state) {
    case 'open':
    case 'yours':
      return (
        <>
          <Occasion link={link} />
          <Text>{t('guest.offer')}</Text>
          <ProblemNotice error={open.error} />
          <Button loading={open.isPending} onClick={() => open.mutate()} style={{ alignSelf: 'flex-start' }}>
            {t('guest.open')}
          </Button>
        </>
      )
    case 'spent':
      return (
        <>
          <Title order={1}>{link.siteName}</Title>
          <Spent link={link} />
        </>
      )
    case 'taken_back':
    case 'cancelled':
    case 'over':
      return (
        <>
          <Title order={1}>{link.siteName}</Title>
          {/* An end that was agreed is no alarm. */}
          <Notice tone={link.state === 'over' ? 'plain' : 'out'} title={t(`guest.${link.state}`)}>
            {t(`guest.${link.state}Hint`)}
          </Notice>
        </>
      )
    default:
      return assertNever(link)
  }
}

function Invitation(props: { readonly secret: string; readonly holder: Holder }): ReactNode {
  const { secret, holder } = props
  const link = useQuery({
    queryKey: ['guest-link', secret],
    queryFn: () => lookAtLink(secret, holder),
    gcTime: 0,
  })
  return <Faces query={link}>{(view) => <Offer link={view} {...props} />}</Faces>
}

/** The pass on this phone, with what to do when a door refuses it. */
function Held(props: { readonly held: HeldPass<GuestPass> }): ReactNode {
  const t = useWords()
  const { view } = props.held
  return (
    <>
      <Occasion link={view.link} />
      <PassSheet held={props.held} timeZone={view.link.timeZone} overHint={t('guest.passOver')} />
      <Text size="sm">{t(view.toMs < view.link.toMs ? 'guest.renew' : 'guest.keep')}</Text>
      <RefusedSteps>{t('guest.refusedElse')}</RefusedSteps>
    </>
  )
}

function GuestLink(props: { readonly secret: string }): ReactNode {
  const t = useWords()
  const { secret } = props
  const onPhone = useQuery({
    queryKey: ['guest-pass', secret],
    queryFn: () => findGuestPass(secret),
    refetchInterval: renewEveryMs,
    retry: false,
    gcTime: 0,
  })
  return (
    <Faces query={onPhone} skeleton={<Skeleton height={360} radius="md" aria-label={t('pass.loading')} />}>
      {(found) => <Found {...{ found, secret }} />}
    </Faces>
  )
}

function Found(props: { readonly found: OnPhone; readonly secret: string }): ReactNode {
  const t = useWords()
  const { found, secret } = props
  switch (found.kind) {
    case 'pass':
      return <Held held={found.held} />
    case 'nothing':
      return <Invitation secret={secret} holder={found.holder} />
    case 'unsupported':
      return (
        <Notice tone="held" title={t('pass.unsupported')}>
          {t('guest.unsupportedHint')}
        </Notice>
      )
    default:
      return assertNever(found)
  }
}

/** What opens from a guest's link, without a log-in: the invitation, and the pass once this phone holds it. */
export function GuestScreen(): ReactNode {
  const t = useWords()
  // Only here: what follows the # is never sent with a request.
  const secret = useLocation({ select: ({ hash }) => hash })
  useDocumentTitle(`${t('guest.title')} · ${t('app.name')}`)
  return (
    <Stack gap="md" maw={560}>
      {guestSecretPattern.test(secret) ? (
        <GuestLink key={secret} secret={secret} />
      ) : (
        <Notice tone="out" title={t('guest.noLink')}>
          {t('guest.noLinkHint')}
        </Notice>
      )}
    </Stack>
  )
}
