import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import css from './choice.module.css'

const styles = { root: { maxWidth: '100%', overflowX: 'auto' } } as const
const classNames = { label: css.segment ?? '' }

/** A choice of few short words in one row, each large enough for a finger. */
export function Segments(props: {
  readonly value: string
  readonly data: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
}): ReactNode {
  return (
    <SegmentedControl size="lg" radius="md" {...{ styles, classNames }} {...props} data={[...props.data]} />
  )
}
