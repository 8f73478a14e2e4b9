import type { ReactNode } from 'react'
import type { PanelLane } from '../../panel-contract.ts'
import css from './lanes.module.css'

/** Where the front of the car's drawing is for each position, in drawing units. */
const carX: Record<NonNullable<PanelLane['car']>['position'], number> = {
  approaching: 8,
  waiting: 104,
  passing: 222,
  gone: 372,
}

/** A lane from the side: the car rolls over its loops, the boom goes up and down, the camera looks. */
export function LanePicture(props: { readonly lane: PanelLane }): ReactNode {
  const { lane } = props
  const { car } = lane
  return (
    <svg
      className={css.picture}
      viewBox="0 -34 440 130"
      preserveAspectRatio="xMidYMid meet"
      data-boom={lane.boom}
      data-refused={lane.refusal !== undefined || undefined}
      aria-hidden
    >
      <rect className={css.road} x="0" y="76" width="440" height="14" />
      <path className={css.marks} d="M0 83H440" />
      <rect
        className={css.loop}
        x="104"
        y="77"
        width="84"
        height="5"
        data-on={car?.position === 'waiting' || undefined}
      />
      <rect
        className={css.loop}
        x="232"
        y="77"
        width="72"
        height="5"
        data-on={car?.position === 'passing' || undefined}
      />
      <g className={css.camera}>
        <path d="M198 76V2h-10" fill="none" strokeWidth="3" />
        <rect x="168" y="-4" width="24" height="12" rx="3" />
        <path
          className={css.beam}
          d="M168 2 122 56v20h44z"
          data-on={car?.position === 'waiting' || undefined}
        />
      </g>
      {car === undefined ? null : <Car key={car.plate} car={car} />}
      <rect className={css.post} x="204" y="46" width="16" height="32" rx="3" />
      <g className={css.boom}>
        <rect x="208" y="50" width="88" height="7" rx="3.5" />
        <path d="M232 50h14l-5 7h-14zM260 50h14l-5 7h-14zM284 50h8.5q7 3.5 0 7H279z" />
      </g>
      <circle className={css.signal} cx="212" cy="40" r="6" />
    </svg>
  )
}

function Car(props: { readonly car: NonNullable<PanelLane['car']> }): ReactNode {
  const { plate, position, vehicleClass } = props.car
  return (
    <g
      className={css.car}
      style={{ transform: `translateX(${carX[position]}px)`, opacity: position === 'gone' ? 0 : 1 }}
      data-class={vehicleClass}
    >
      <Body vehicleClass={vehicleClass} />
      <rect className={css.plate} x="10" y="56" width="64" height="14" rx="2" />
      <text className={css.plateText} x="42" y="66.5" textAnchor="middle">
        {plate}
      </text>
    </g>
  )
}

function Body(props: { readonly vehicleClass: string }): ReactNode {
  const wheels = (
    <>
      <circle className={css.wheel} cx="20" cy="76" r="8" />
      <circle className={css.wheel} cx="66" cy="76" r="8" />
    </>
  )
  if (props.vehicleClass === 'motorcycle') {
    return (
      <>
        <path className={css.body} d="M14 70 30 50h22l8-12h8l6 32z" />
        {wheels}
      </>
    )
  }
  if (props.vehicleClass === 'large') {
    return (
      <>
        <path className={css.body} d="M2 72V34q0-4 4-4h58q12 0 16 16l4 14v12z" />
        <path className={css.window} d="M56 36h8q7 0 10 12H56zM10 36h18v12H10zM33 36h18v12H33z" />
        {wheels}
      </>
    )
  }
  return (
    <>
      <path className={css.body} d="M2 72V58q0-4 6-5l8-2 10-12q3-4 9-4h14q6 0 11 5l9 11 9 3q6 2 6 8v10z" />
      <path className={css.window} d="M24 51l8-9q1-2 5-2h3v11zM45 40h4q4 0 7 3l7 8H45z" />
      {props.vehicleClass === 'ev' ? <path className={css.bolt} d="M44 53l-6 9h5l-2 7 8-10h-5l3-6z" /> : null}
      {wheels}
    </>
  )
}
