import { Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import css from './frame.module.css'

/**
 * A touch target of at least 60 px. `unavailable` keeps it readable and focusable, but it does nothing; `busy`
 * says so to a screen reader and ignores further touches.
 */
export function ActionButton(props: {
  readonly children: ReactNode
  readonly onPress: () => void
  readonly tone?: 'plain' | 'primary' | 'danger' | 'dangerFilled'
  readonly unavailable?: boolean
  readonly busy?: boolean
  readonly icon?: ReactNode
  /** Has the focus when its dialog opens. */
  readonly focusFirst?: boolean
}): ReactNode {
  const off = props.unavailable === true || props.busy === true
  return (
    <button
      type="button"
      className={css.action}
      data-tone={props.tone ?? 'plain'}
      aria-disabled={off}
      aria-busy={props.busy}
      data-autofocus={props.focusFirst}
      onClick={() => {
        if (!off) props.onPress()
      }}
    >
      {props.busy === true ? <Loader size={24} color="currentColor" aria-hidden /> : props.icon}
      {props.children}
    </button>
  )
}
