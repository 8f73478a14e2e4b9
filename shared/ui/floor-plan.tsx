import type { KeyboardEvent, ReactNode } from 'react'
import { useGivenNames } from './given-names.ts'
import {
  overlaps,
  type PlanLevel,
  type PlanRect,
  type PlanSpace,
  planStateOf,
  spaceLayout,
} from './plan-space.ts'
import { useStaleWords } from './stale-words.ts'
import { chipStateOf, StateShape } from './state-chip.tsx'
import { token } from './tokens.ts'
import { useUiWords } from './words.ts'

const nobody: ReadonlySet<string> = new Set()

interface SpaceProps {
  readonly space: PlanSpace
  readonly yours: ReadonlySet<string>
  readonly selected: boolean
  /** Since when nothing newer is known, in words; absent while it is live. */
  readonly since: string | undefined
  readonly unit: number
  readonly onSelect: ((spaceId: string) => void) | undefined
}

function SpaceShape(props: SpaceProps): ReactNode {
  const t = useUiWords()
  const { space, onSelect, unit } = props
  const { x, y, width, height } = space.rect
  const state = planStateOf(space, props.yours, props.since !== undefined)
  const words =
    state === 'stale' ? [t(`state.${chipStateOf(space.status)}`), props.since] : [t(`state.${state}`)]
  const layout = spaceLayout(space, unit)
  const choose = onSelect ? () => onSelect(space.spaceId) : undefined
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    choose?.()
  }
  const interaction = choose
    ? { role: 'button', tabIndex: 0, 'aria-pressed': props.selected, onClick: choose, onKeyDown }
    : { role: 'img' }
  return (
    <g
      {...interaction}
      className="gh-plan-space"
      aria-label={[space.name, ...words].join(', ')}
      data-space={space.spaceId}
      data-state={state}
    >
      <rect
        x={x}
        y={y}
        width={width}
        height={height}
        rx={unit * 0.25}
        fill={token(`${state}-tint`)}
        stroke={token(state)}
      />
      <StateShape state={state} size={layout.mark} x={layout.markX} y={layout.markY} />
      {layout.name ? (
        <text
          x={layout.nameX}
          y={layout.nameY}
          fontSize={layout.size}
          textAnchor={layout.anchor}
          fill={token('ink')}
        >
          {layout.name}
        </text>
      ) : null}
    </g>
  )
}

/**
 * One level drawn to scale, each space with colour and shape, its word in the label. With `onSelect` every
 * space is a button (pointer, Enter, Space). Always offer `SpaceList` beside it: a drawing alone is no answer
 * for everybody. `minWidth` in pixels keeps it legible on a phone, where it scrolls sideways. `view` is the part that
 * is looked at more closely; without it the whole level is drawn.
 */
export function FloorPlan(props: {
  readonly level: PlanLevel
  readonly spaces: readonly PlanSpace[]
  readonly yours?: ReadonlySet<string>
  readonly selectedId?: string | undefined
  readonly onSelect?: (spaceId: string) => void
  readonly minWidth?: number
  readonly view?: PlanRect | undefined
  /** The site was not heard since; spaces are greyed. Epoch ms. */
  readonly staleSinceMs?: number | undefined
  readonly timeZone?: string
}): ReactNode {
  const t = useUiWords()
  const since = useStaleWords(props.staleSinceMs, props.timeZone)
  const given = useGivenNames()
  const { level } = props
  const view = props.view ?? { x: 0, y: 0, width: level.width, height: level.height }
  const unit = Math.max(view.width, view.height) / 42
  const yours = props.yours ?? nobody
  return (
    <div style={{ overflowX: 'auto' }}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing cannot be a fieldset */}
      <svg
        className="gh-plan"
        role="group"
        viewBox={`${view.x} ${view.y} ${view.width} ${view.height}`}
        aria-label={t('plan.label', { level: given(level.name) })}
        style={{ minWidth: props.minWidth }}
      >
        {(level.doors ?? []).map((door) => (
          <g key={door.doorId}>
            <title>{t('plan.door', { name: door.name })}</title>
            <rect
              x={door.x - unit * 0.6}
              y={door.y - unit * 0.2}
              width={unit * 1.2}
              height={unit * 0.4}
              rx={unit * 0.1}
              fill={token('muted')}
            />
          </g>
        ))}
        {props.spaces
          .filter((space) => space.levelId === level.levelId && overlaps(space.rect, view))
          .map((space) => (
            <SpaceShape
              key={space.spaceId}
              space={space}
              yours={yours}
              selected={space.spaceId === props.selectedId}
              since={since}
              unit={unit}
              onSelect={props.onSelect}
            />
          ))}
      </svg>
    </div>
  )
}
