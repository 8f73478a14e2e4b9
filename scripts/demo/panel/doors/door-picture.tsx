import type { ReactNode } from 'react'
import type { PanelDoor } from '../../panel-contract.ts'
import css from './doors.module.css'

/** How long the reader's lamp shows what was just decided. */
const lampMs = 4_000

/** What the lamp of the reader says now: green after a yes, red after a no, otherwise dark. */
function lampOf(door: PanelDoor, nowMs: number): 'yes' | 'no' | 'dark' {
  const event = door.lastEvent
  if (event === undefined || nowMs - event.atMs > lampMs) return 'dark'
  if (event.kind === 'granted' || event.kind === 'exit') return 'yes'
  return 'no'
}

/** A door seen from outside: the leaf swings, the reader's lamp answers, a forced one shakes. */
export function DoorPicture(props: { readonly door: PanelDoor; readonly nowMs: number }): ReactNode {
  const { door } = props
  return (
    <svg
      className={css.picture}
      viewBox="0 0 92 100"
      data-state={door.state}
      data-lamp={lampOf(door, props.nowMs)}
      aria-hidden
    >
      <rect className={css.wall} x="0" y="0" width="92" height="100" rx="6" />
      <rect className={css.room} x="14" y="10" width="50" height="84" rx="2" />
      <path className={css.light} d="M18 94 30 60h18l12 34z" />
      <g className={css.leaf}>
        <rect x="14" y="10" width="50" height="84" rx="2" />
        <rect className={css.pane} x="22" y="20" width="34" height="26" rx="2" />
        <circle className={css.knob} cx="57" cy="56" r="3" />
      </g>
      <rect className={css.bolt} x="58" y="53" width="12" height="6" rx="1" />
      <rect className={css.reader} x="72" y="44" width="14" height="22" rx="3" />
      <circle className={css.lamp} cx="79" cy="50" r="3" />
      <line className={css.ground} x1="0" y1="95" x2="92" y2="95" />
    </svg>
  )
}
