import type { ReactNode } from 'react'

/** One line of a `dl`: what it is, and what it says. */
export function Fact(props: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}
