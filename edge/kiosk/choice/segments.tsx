import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'

const styles = {
  root: { maxWidth: '100%', overflowX: 'auto' },
  label: { display: 'grid', placeContent: 'center', minHeight: 48 },
} as const

/** A choice of few short words in one row, each large enough for a finger. */
export function Segments(props: {
  readonly value: string
  readonly data: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
}): ReactNode {
  return <SegmentedControl size="lg" radius="md" styles={styles} {...props} data={[...props.data]} />
}
