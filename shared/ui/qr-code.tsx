import type { ReactNode } from 'react'
import { encode } from 'uqr'

/** A QR code of `text`, always dark on white so that every reader takes it. `label` says what it holds. */
export function QrCode(props: { readonly text: string; readonly label: string }): ReactNode {
  const { data, size } = encode(props.text, { ecc: 'M', border: 3 })
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  return (
    <svg
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${size} ${size}`}
      style={{ width: '100%', maxWidth: 280, background: '#fff', borderRadius: 10 }}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  )
}
