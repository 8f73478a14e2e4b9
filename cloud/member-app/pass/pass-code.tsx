import type { ReactNode } from 'react'
import { encode } from 'uqr'

/**
 * The code of a pass, as large as the screen is wide and always black on white. Level L: a screen has no stains,
 * and fewer modules are read from further away. `label` says what it is.
 */
export function PassCode(props: { readonly text: string; readonly label: string }): ReactNode {
  const { data, size } = encode(props.text, { ecc: 'L', border: 4 })
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  return (
    <svg
      role="img"
      aria-label={props.label}
      data-testid="pass-code"
      className="pass-code"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}
