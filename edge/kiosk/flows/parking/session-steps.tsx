import type { SessionView } from '@gatehouse/shared/api/views'
import { formatTime, spanUnit } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import type { ReactNode } from 'react'
import type { Action } from '../../action/use-action.ts'
import choice from '../../choice/choice.module.css'
import { ActionButton } from '../../frame/action-button.tsx'
import { StepFrame } from '../../frame/step-frame.tsx'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import css from './parking.module.css'
import { ScanCode } from './scan-code.tsx'

/** The sentences that tell one vehicle from another: arrival, how long, class, bay. */
function useSessionFacts(): (session: SessionView) => readonly string[] {
  const t = useWords()
  const ui = useUiWords()
  const { site } = useSite()
  const { locale } = useLanguage()
  const now = useServerNowMs(20_000)
  return (session) => {
    const { unit, count } = spanUnit(now - session.arrivedMs)
    return [
      t(`vehicle.${session.vehicleClass}`),
      t('parking.arrived', { time: formatTime(session.arrivedMs, locale, 'dateTime', site.timeZone) }),
      t('parking.stay', { duration: ui(`time.${unit}`, { count }) }),
      ...(session.spaceName === undefined ? [] : [t('parking.bay', { name: session.spaceName })]),
    ]
  }
}

/** A plate as it looks on a car, or the ticket where no plate was read. */
export function PlateSign(props: { readonly session: SessionView; readonly small?: boolean }): ReactNode {
  const t = useWords()
  const { plate, ticket } = props.session
  return (
    <span className={css.plate} data-small={props.small || undefined}>
      {plate ?? t('parking.ticket', { ticket })}
    </span>
  )
}

/** Second step, when several vehicles match what was typed. */
export function ChooseStep(props: {
  readonly found: readonly SessionView[]
  readonly onChoose: (session: SessionView) => void
  readonly onBack: () => void
}): ReactNode {
  const t = useWords()
  const facts = useSessionFacts()
  return (
    <StepFrame title={t('parking.chooseTitle')} onBack={props.onBack}>
      <div className={choice.options} style={{ ['--choice-width' as string]: '360px' }}>
        {props.found.map((session) => (
          <button
            key={session.sessionId}
            type="button"
            className={choice.option}
            onClick={() => props.onChoose(session)}
          >
            <span>
              <PlateSign session={session} small />
              <small>{facts(session).join(' · ')}</small>
            </span>
          </button>
        ))}
      </div>
    </StepFrame>
  )
}

/** Third step: the person confirms that it is theirs. */
export function VerifyStep(props: {
  readonly session: SessionView
  readonly quote: Action<string>
  readonly onBack: () => void
}): ReactNode {
  const { session, quote } = props
  const t = useWords()
  const facts = useSessionFacts()
  return (
    <StepFrame
      title={t('parking.verifyTitle')}
      problem={quote.problem}
      onBack={props.onBack}
      primary={
        <ActionButton tone="primary" busy={quote.busy} onPress={() => quote.start(session.sessionId)}>
          {t('parking.verify')}
        </ActionButton>
      }
    >
      <div className={css.vehicle}>
        <PlateSign session={session} />
        <ul className={css.facts}>
          {facts(session).map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
        {session.signedTicket === undefined ? null : (
          <ScanCode text={session.signedTicket} label={t('parking.keepTicket')}>
            {t('parking.keepTicketHint')}
          </ScanCode>
        )}
      </div>
    </StepFrame>
  )
}
