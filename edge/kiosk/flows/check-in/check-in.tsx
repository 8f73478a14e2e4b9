import type { BookingView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useReducer, useState } from 'react'
import { type Action, useAction } from '../../action/use-action.ts'
import choice from '../../choice/choice.module.css'
import { ActionButton } from '../../frame/action-button.tsx'
import { useLeave } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import { Keyboard, TypedText } from '../../keyboard/keyboard.tsx'
import { useScanned } from '../../scanner/scanner.tsx'
import { findBookings, type Identity } from '../../site/kiosk-api.ts'
import { useIdentified, useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import { MemberStep } from '../book/who-steps.tsx'
import { BookingSteps } from './booking-steps.tsx'
import { type CheckInState, checkInStep, type Own } from './check-in-flow.ts'

/** Bookings that a member can still do something with. */
const activeStatuses: ReadonlySet<string> = new Set(['held', 'confirmed', 'checked_in'])
const referenceLengthMin = 6
const referenceLengthMax = 12

interface Asked {
  readonly reference: string
  readonly scanned: boolean
}

/** Checking in or cancelling, by reference, or by card or PIN for members. */
export function CheckIn(): ReactNode {
  const [state, send] = useReducer(checkInStep, { kind: 'enter' } as CheckInState)
  const recognise = useAction(
    async ({ memberToken, displayName }: Identity): Promise<Own> => ({
      displayName,
      bookings: (await findBookings({ memberToken })).filter(({ status }) => activeStatuses.has(status)),
    }),
    (own) => send({ kind: 'recognised', own }),
  )
  const [missing, setMissing] = useState<string>()
  const find = useAction(
    ({ reference }: Asked) => findBookings({ reference }),
    ([booking], { reference, scanned }) => {
      setMissing(booking ? undefined : reference)
      if (scanned) send({ kind: 'scanned', booking })
      else if (booking) send({ kind: 'found', booking })
    },
  )
  useScanned('reference', (reference) => find.start({ reference, scanned: true }))
  const back = () => send({ kind: 'back' })
  const found = (booking: BookingView) => send({ kind: 'found', booking })
  switch (state.kind) {
    case 'enter':
      return (
        <EnterReference
          {...{ find, missing }}
          onChange={() => setMissing(undefined)}
          onMember={() => send({ kind: 'asMember' })}
          onIdentified={recognise.start}
        />
      )
    case 'member':
      return (
        <MemberStep
          onKnown={recognise.start}
          onBack={back}
          busy={recognise.busy}
          problem={recognise.problem}
        />
      )
    case 'choose':
      return <ChooseBooking own={state.own} onChoose={found} onBack={back} />
    default:
      return <BookingSteps {...{ state, send, back }} />
  }
}

function EnterReference(props: {
  readonly find: Action<Asked>
  /** The reference that was looked for in vain. */
  readonly missing: string | undefined
  readonly onChange: () => void
  readonly onMember: () => void
  readonly onIdentified: (who: Identity) => void
}): ReactNode {
  const t = useWords()
  const leave = useLeave()
  const navigate = useNavigate()
  const [reference, setReference] = useState('')
  const { find, missing } = props
  useIdentified(props.onIdentified)
  const change = (text: string) => {
    setReference(text)
    props.onChange()
  }
  const ready = reference.length >= referenceLengthMin
  const submit = () => {
    if (ready && !find.busy) find.start({ reference, scanned: false })
  }
  const text = { value: reference, lengthMax: referenceLengthMax, onChange: change }
  return (
    <StepFrame
      title={t('checkIn.title')}
      lead={missing === undefined ? t('checkIn.hint') : undefined}
      problem={find.problem}
      onBack={leave}
      primary={
        <ActionButton tone="primary" unavailable={!ready} busy={find.busy} onPress={submit}>
          {t('checkIn.find')}
        </ActionButton>
      }
    >
      {missing === undefined ? null : (
        <Notice tone="held" title={t('checkIn.notFound', { reference: missing })}>
          {t('checkIn.notFoundHint')}
        </Notice>
      )}
      <TypedText capitals label={t('checkIn.reference')} onSubmit={submit} {...text} />
      <Keyboard kind="code" {...text} />
      <div style={{ display: 'flex', gap: 16 }}>
        <ActionButton onPress={props.onMember}>{t('checkIn.member')}</ActionButton>
        <ActionButton onPress={() => void navigate({ to: '/pass' })}>{t('checkIn.pass')}</ActionButton>
      </div>
    </StepFrame>
  )
}

function ChooseBooking(props: {
  readonly own: Own
  readonly onChoose: (booking: BookingView) => void
  readonly onBack: () => void
}): ReactNode {
  const t = useWords()
  const { site } = useSite()
  const { bookings, displayName } = props.own
  return (
    <StepFrame title={t('checkIn.chooseTitle', { name: displayName })} onBack={props.onBack}>
      {bookings.length === 0 ? (
        <Notice title={t('checkIn.noneTitle')}>{t('checkIn.noneHint')}</Notice>
      ) : (
        <div className={choice.options} style={{ ['--choice-width' as string]: '340px' }}>
          {bookings.map((booking) => (
            <button
              key={booking.bookingId}
              type="button"
              className={choice.option}
              onClick={() => props.onChoose(booking)}
            >
              <span>
                {booking.spaceName}
                <small>
                  <IntervalText fromMs={booking.fromMs} toMs={booking.toMs} timeZone={site.timeZone} /> ·{' '}
                  {t(`status.${booking.status}`)}
                </small>
              </span>
            </button>
          ))}
        </div>
      )}
    </StepFrame>
  )
}
