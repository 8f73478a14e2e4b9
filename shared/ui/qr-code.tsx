import type { ReactNode } from 'react'
import { encode } from 'uqr'

/**
 * A QR code of `text`, always dark on white so that every reader takes it. `label` says what it holds. `dense` is for one
 * as wide as a screen, which has no stains: level L, whose fewer modules are read from further away.
 */
export function QrCode(props: {
  readonly text: string
  readonly label: string
  readonly dense?: boolean
}): ReactNode {
  const { data, size } = encode(props.text, props.dense ? { ecc: 'L', border: 4 } : { ecc: 'M', border: 3 })
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  return (
    <svg
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${size} ${size}`}
      style={{
        width: '100%',
        background: '#fff',
        borderRadius: 10,
        ...(props.dense ? {} : { maxWidth: 280 }),
      }}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}
