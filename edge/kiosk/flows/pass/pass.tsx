import { IconDoorEnter, IconQrcode } from '@tabler/icons-react'
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

/** A pass held to the kiosk's scanner opens the kiosk's door, or the screen says why not. */
export function PassFlow(): ReactNode {
  const t = useWords()
  const leave = useLeave()
  const wipe = useWipe()
  const [opened, setOpened] = useState<string>()
  const show = useAction(showPass, ({ doorName }) => setOpened(doorName))
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
          <strong className={receiptCss.big}>{opened}</strong>
          <p className={receiptCss.bigLabel}>{t('pass.openHint')}</p>
        </div>
      </StepFrame>
    )
  }
  return (
    <StepFrame title={t('pass.title')} lead={t('pass.hint')} problem={show.problem} onBack={leave}>
      <p role="status" style={{ display: 'flex', gap: 16, alignItems: 'center', fontSize: 24 }}>
        <IconQrcode size={64} aria-hidden />
        {t(show.busy ? 'pass.asking' : show.problem ? 'pass.again' : 'pass.ready')}
      </p>
    </StepFrame>
  )
}
