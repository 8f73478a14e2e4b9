import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'

/** One row of a table in full, beside the table; open while it has a title. */
export function DetailDrawer(props: {
  readonly title: string | undefined
  /** What closing is called. */
  readonly close: string
  readonly onClose: () => void
  readonly children: ReactNode
}): ReactNode {
  return (
    <Drawer
      opened={props.title !== undefined}
      onClose={props.onClose}
      position="right"
      size="lg"
      title={props.title ?? ''}
      closeButtonProps={{ 'aria-label': props.close }}
    >
      {props.children}
    </Drawer>
  )
}
