import type { ReactNode } from 'react'

/** A box whose content may scroll: named, and reachable by keyboard so that it can be scrolled without a mouse. */
export function ScrollBox(props: {
  readonly label: string
  readonly className?: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <section
      className={`hq-table-box ${props.className ?? ''}`}
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      tabIndex={0}
    >
      {props.children}
    </section>
  )
}
