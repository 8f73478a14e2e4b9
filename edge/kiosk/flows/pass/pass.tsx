import { IconDoorEnter, IconQrcode } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useAction } from '../../action/use-action.ts'
import { ActionButton } from '../../frame/action-button.tsx'
import { Closing } from '../../frame/idle-guard.tsx'
import { useLeave, useWipe } from '../../frame/leave.ts'
import { StepFrame } from '../../frame/step-frame.tsx'
import receiptCss from '../../receipt/receipt.module.css'
import { useScanned } from '../../scanner/scanner.tsx'
import { showPass } from '../../site/kiosk-api.ts'
import { useWords } from '../../words/words.ts'
import css from './pass.module.css'

/** Refusals of one code, after which the next code of the same pass may open the door. */
const mayPassLater: ReadonlySet<string> = new Set([
  'pass_not_presented',
  'presentation_forged',
  'presentation_expired',
  'presentation_used',
])

/** Refusals of what could not be read: it may have been a receipt or a ticket as well. */
const unreadable: ReadonlySet<string> = new Set([
  ...['pass_malformed', 'pass_truncated', 'pass_too_long'],
  ...['pass_version_unknown', 'pass_algorithm_unknown', 'pass_kind_unknown'],
])

/** A pass held to the kiosk's scanner opens the kiosk's door, or the screen says why not. */
export function PassFlow(): ReactNode {
  const t = useWords()
  const leave = useLeave()
  const wipe = useWipe()
  const navigate = useNavigate()
  const [opened, setOpened] = useState<string>()
  const show = useAction(showPass, ({ doorName }) => setOpened(doorName))
  const code = show.problem?.code ?? ''
  const isPass = !unreadable.has(code)
  useScanned('pass', (presentation) => {
    setOpened(undefined)
    show.start({ presentation })
  })
  if (opened !== undefined) {
    return (
      <StepFrame
        title={t('pass.openTitle')}
        closing={<Closing />}
        primary={
          <ActionButton tone="primary" onPress={wipe}>
            {t('finish')}
          </ActionButton>
        }
      >
        <div className={receiptCss.done} role="status">
          <IconDoorEnter size={64} aria-hidden />
          <strong className={`${receiptCss.big} ${css.door}`}>{opened}</strong>
          <p className={receiptCss.bigLabel}>{t('pass.openHint')}</p>
        </div>
      </StepFrame>
    )
  }
  return (
    <StepFrame title={t(isPass ? 'pass.title' : 'pass.unreadTitle')} problem={show.problem} onBack={leave}>
      <div className={css.show}>
        <IconQrcode className={css.code} aria-hidden />
        <div>
          <ol className={css.steps}>
            <li>{t(isPass ? 'pass.find' : 'pass.whole')}</li>
            <li>{t('pass.hold')}</li>
            {isPass ? <li>{t('pass.wait')}</li> : null}
          </ol>
          <p className={css.state} role="status">
            {show.busy ? t('pass.asking') : mayPassLater.has(code) ? t('pass.again') : null}
          </p>
        </div>
      </div>
      <div className={css.instead}>
        <p>{t('pass.instead')}</p>
        <ActionButton onPress={() => void navigate({ to: '/check-in' })}>{t('pass.reference')}</ActionButton>
      </div>
    </StepFrame>
  )
}
