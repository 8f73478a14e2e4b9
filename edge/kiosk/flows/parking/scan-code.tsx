import { QrCode } from '@gatehouse/shared/ui/qr-code.tsx'
import type { ReactNode } from 'react'
import css from './parking.module.css'

/** A signed ticket or receipt to photograph, with what it is good for beside it. */
export function ScanCode(props: {
  readonly text: string
  readonly label: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <div className={css.scan}>
      <div className={css.scanCode}>
        <QrCode text={props.text} label={props.label} />
      </div>
      <p>
        <strong>{props.label}</strong>
        {props.children}
      </p>
    </div>
  )
}
