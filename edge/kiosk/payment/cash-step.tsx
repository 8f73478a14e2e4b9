import type { Problem } from '@gatehouse/shared/api/problem'
import { formatMoney } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { IconCash, IconCircle, IconCoins } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { ActionButton } from '../frame/action-button.tsx'
import { StepFrame } from '../frame/step-frame.tsx'
import { useWords } from '../words/words.ts'
import css from './cash.module.css'
import { cashPieces, changeMinor, missingMinor } from './cash.ts'

/** Putting in notes and coins until the amount is reached; the acceptor's pieces are buttons here. */
export function CashStep(props: {
  readonly dueMinor: number
  readonly currency: string
  readonly busy: boolean
  readonly problem: Problem | undefined
  readonly onBack: () => void
  readonly onPay: (tenderedMinor: number) => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const [tendered, setTendered] = useState(0)
  const money = (minor: number) => formatMoney(minor, props.currency, locale)
  const missing = missingMinor(props.dueMinor, tendered)
  const figures: readonly (readonly [string, number])[] = [
    [t('price.due'), props.dueMinor],
    [t('pay.in'), tendered],
    missing > 0 ? [t('pay.missing'), missing] : [t('pay.change'), changeMinor(props.dueMinor, tendered)],
  ]
  return (
    <StepFrame
      title={t('pay.cashTitle')}
      lead={t('pay.simulated')}
      problem={props.problem}
      onBack={props.busy ? undefined : props.onBack}
      primary={
        <ActionButton
          tone="primary"
          unavailable={missing > 0}
          busy={props.busy}
          onPress={() => props.onPay(tendered)}
        >
          {missing > 0
            ? t('pay.cashMissing', { amount: money(missing) })
            : t('pay.cashDone', { amount: money(props.dueMinor) })}
        </ActionButton>
      }
    >
      <dl className={css.figures}>
        {figures.map(([label, minor]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{money(minor)}</dd>
          </div>
        ))}
      </dl>
      <Acceptor
        currency={props.currency}
        takes={missing > 0}
        holds={tendered > 0}
        busy={props.busy}
        onPiece={(minor) => setTendered(tendered + minor)}
        onBack={() => setTendered(0)}
      />
    </StepFrame>
  )
}

/** The slots for notes and coins, and the lever that gives back what was put in. */
function Acceptor(props: {
  readonly currency: string
  /** Whether something is still missing. */
  readonly takes: boolean
  readonly holds: boolean
  readonly busy: boolean
  readonly onPiece: (minor: number) => void
  readonly onBack: () => void
}): ReactNode {
  const t = useWords()
  const { locale } = useLanguage()
  const { busy, takes } = props
  return (
    <div className={css.pieces}>
      {cashPieces.map((minor) => (
        <button
          key={minor}
          type="button"
          className={css.piece}
          data-note={minor >= 500 || undefined}
          disabled={busy || !takes}
          onClick={() => props.onPiece(minor)}
        >
          {minor >= 500 ? <IconCash size={28} aria-hidden /> : <IconCircle size={28} aria-hidden />}
          {formatMoney(minor, props.currency, locale)}
        </button>
      ))}
      {props.holds ? (
        <button type="button" className={css.piece} data-back disabled={busy} onClick={props.onBack}>
          <IconCoins size={28} aria-hidden />
          {t('pay.takeBack')}
        </button>
      ) : null}
    </div>
  )
}
