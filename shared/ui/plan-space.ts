import type { SpaceStatus, SpaceView } from '@gatehouse/shared/api/views'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import { type ChipState, chipStateOf } from './state-chip.tsx'

/** A part of a level, in plan units. */
export interface PlanRect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Whether two parts of a level have an area in common. */
export function overlaps(a: PlanRect, b: PlanRect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/** What a floor plan and its list draw of a space; a `SpaceView` fits as it is. Plan units are 10 cm. */
export interface PlanSpace {
  readonly spaceId: string
  readonly name: string
  readonly kind: string
  readonly bayClass?: string | undefined
  readonly levelId: string
  readonly status: SpaceStatus
  readonly untilMs?: number | undefined
  readonly price?: Price | undefined
  readonly bookable?: boolean
  readonly covered?: boolean | undefined
  readonly charging?: SpaceView['charging']
  readonly distanceMeters?: number | undefined
  /** What is shown of it is known for certain, also while the site is not heard. */
  readonly lent?: boolean | undefined
  readonly rect: PlanRect
}

/** What a floor plan draws of a level; a `LevelView` fits as it is. */
export interface PlanLevel {
  readonly levelId: string
  readonly name: string
  readonly width: number
  readonly height: number
  readonly doors?: readonly {
    readonly doorId: string
    readonly name: string
    readonly x: number
    readonly y: number
  }[]
}

/**
 * The state a space is drawn in: `yours` wins over what others see. With `isStale` nobody knows whether what was
 * last told still holds; your own bookings, what is out of service and what the site has lent do.
 */
export function planStateOf(
  space: Pick<PlanSpace, 'spaceId' | 'status' | 'lent'>,
  yours: ReadonlySet<string>,
  isStale = false,
): ChipState {
  if (yours.has(space.spaceId)) return 'yours'
  const state = chipStateOf(space.status)
  return isStale && state !== 'out' && space.lent !== true ? 'stale' : state
}

/** The part of a name that fits into `width` plan units at `size`: all of it, its last word, or nothing. */
function fittingName(name: string, width: number, size: number): string {
  const fits = (text: string) => text.length * size * 0.6 <= width
  if (fits(name)) return name
  const last = name.split(/[\s-]+/).at(-1) ?? ''
  return fits(last) ? last : ''
}

interface SpaceLayout {
  readonly size: number
  readonly mark: number
  readonly markX: number
  readonly markY: number
  readonly name: string
  readonly nameX: number
  readonly nameY: number
  readonly anchor: 'middle' | 'start'
}

/**
 * Where a space's shape and name go: the name below the shape where there is height, beside it where there is
 * only width, left out where there is neither. `unit` is the height of text on this plan.
 */
export function spaceLayout(space: Pick<PlanSpace, 'name' | 'rect'>, unit: number): SpaceLayout {
  const { x, y, width, height } = space.rect
  const size = Math.min(unit, height * 0.6)
  const below = fittingName(space.name, width - unit * 0.3, size)
  const mark = Math.min(unit, height * 0.6, width * 0.6)
  const midX = x + width / 2
  const midY = y + height / 2
  if (below !== '' && height >= size + mark + unit * 0.5) {
    const at = {
      markX: midX - mark / 2,
      markY: midY - mark - unit * 0.1,
      nameX: midX,
      nameY: midY + size * 0.95,
    }
    return { size, mark, ...at, name: below, anchor: 'middle' }
  }
  const small = mark * 0.85
  const beside = fittingName(space.name, width - small - unit * 0.4, size)
  const used = beside === '' ? mark : small + unit * 0.2 + beside.length * size * 0.6
  const side = beside === '' ? mark : small
  const markX = midX - used / 2
  const at = { markX, markY: midY - side / 2, nameX: markX + side + unit * 0.2, nameY: midY + size * 0.36 }
  return { size, mark: side, ...at, name: beside, anchor: 'start' }
}
