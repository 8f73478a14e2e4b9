import type { ReactNode } from 'react'
import { token } from './tokens.ts'
import { useUiWords } from './words.ts'

export type ChipState = 'free' | 'held' | 'taken' | 'yours' | 'out' | 'stale'

/** The state of a space as the screens name it. */
export function chipStateOf(status: 'free' | 'held' | 'taken' | 'out_of_service'): ChipState {
  return status === 'out_of_service' ? 'out' : status
}

const starPoints = '8,1.5 10,6 14.8,6.4 11.1,9.5 12.3,14.3 8,11.7 3.7,14.3 4.9,9.5 1.2,6.4 6,6'

function shapeOf(state: ChipState): ReactNode {
  switch (state) {
    case 'free':
      return <circle cx="8" cy="8" r="5.5" fill="currentColor" />
    case 'held':
      return <circle cx="8" cy="8" r="4.75" fill="none" stroke="currentColor" strokeWidth="2.5" />
    case 'taken':
      return <rect x="3" y="3" width="10" height="10" rx="1" fill="currentColor" />
    case 'yours':
      return <polygon points={starPoints} fill="currentColor" />
    case 'out':
      return <path d="M3.5 3.5l9 9m0-9l-9 9" stroke="currentColor" strokeWidth="2.75" strokeLinecap="round" />
    case 'stale':
      return (
        <g stroke="currentColor" strokeWidth="1.5" fill="none">
          <rect x="2.75" y="2.75" width="10.5" height="10.5" />
          <path d="M3 8.5L8.5 3M3 13l10-10M7.5 13l5.5-5.5" />
        </g>
      )
  }
}

/** The shape of a state, 16 × 16 plan units or pixels, for chips and inside floor plans. */
export function StateShape(props: {
  readonly state: ChipState
  readonly size?: number
  readonly x?: number
  readonly y?: number
}): ReactNode {
  const size = props.size ?? 14
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      x={props.x}
      y={props.y}
      color={token(props.state)}
      aria-hidden="true"
      focusable="false"
      style={{ flex: 'none' }}
    >
      {shapeOf(props.state)}
    </svg>
  )
}

/** Colour, shape and word of a state; `children` replaces the word where another says more. */
export function StateChip(props: { readonly state: ChipState; readonly children?: ReactNode }): ReactNode {
  const t = useUiWords()
  return (
    <span
      className="gh-chip"
      style={{ color: token(props.state), background: token(`${props.state}-tint`) }}
      data-state={props.state}
    >
      <StateShape state={props.state} />
      {props.children ?? t(`state.${props.state}`)}
    </span>
  )
}
