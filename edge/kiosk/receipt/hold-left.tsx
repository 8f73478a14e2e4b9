import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { StateShape } from '@gatehouse/shared/ui/state-chip.tsx'
import { Countdown } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import css from './receipt.module.css'

/** How long what is priced is still held, until `untilMs` (epoch milliseconds); nothing for what is not held. */
export function HoldLeft(props: { readonly untilMs: number | undefined }): ReactNode {
  const t = useWords()
  if (props.untilMs === undefined) return null
  const [before, after] = t('book.held', { time: '\u0000' }).split('\u0000')
  return (
    <p className={css.hold} style={{ margin: 0 }}>
      <StateShape state="held" size={18} />
      <span>
        {before}
        <Countdown untilMs={props.untilMs} />
        {after}
      </span>
    </p>
  )
}

/** Says that the hold has ended and what to do. */
export function HoldOver(): ReactNode {
  const t = useWords()
  return (
    <Notice tone="held" title={t('book.holdOver')}>
      {t('book.holdOverHint')}
    </Notice>
  )
}
