import type { PlanRect } from '@gatehouse/shared/ui/plan-space.ts'

/** A finger needs this much in both directions (DESIGN, Kiosk), in pixels. */
const touchMin = 48
/** What is looked at closely is drawn larger than it must be: its neighbours touch it. */
const closeUpSize = 64

interface Picture {
  readonly level: { readonly width: number; readonly height: number }
  readonly spaces: readonly { readonly rect: PlanRect }[]
  /** The part that is shown. */
  readonly view: PlanRect
  /** How wide it is on the screen. */
  readonly widthPx: number
}

const shortSide = ({ rect }: { readonly rect: PlanRect }) => Math.min(rect.width, rect.height)
const inside = (a: PlanRect, b: PlanRect) =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height

/** Whether a finger meets all of a space, and only it, where it is drawn now. */
function isTouchable({ view, widthPx }: Picture, space: { readonly rect: PlanRect }): boolean {
  return (shortSide(space) * widthPx) / view.width >= touchMin && inside(space.rect, view)
}

/** Whether something on the level is too small to be touched while all of it is shown. */
export function hasSmallSpaces(picture: Omit<Picture, 'view'>): boolean {
  const view = { x: 0, y: 0, ...picture.level }
  return picture.widthPx > 0 && !picture.spaces.every((space) => isTouchable({ ...picture, view }, space))
}

/**
 * The part of a level to show closely when a space is touched that is too small for a finger: around it with as many
 * of its small neighbours as fit. Nothing when the space can be touched as it is, or cannot be shown any larger.
 */
export function closeUp(picture: Picture, space: { readonly rect: PlanRect }): PlanRect | undefined {
  const { level, spaces, view, widthPx } = picture
  if (widthPx <= 0 || isTouchable(picture, space)) return undefined
  const closer = (widthPx * shortSide(space)) / closeUpSize
  const width = Math.min(
    level.width,
    Math.max(closer, space.rect.width, (space.rect.height * level.width) / level.height),
  )
  const size = { width, height: (width * level.height) / level.width }
  const small = spaces.filter((one) => shortSide(one) <= shortSide(space))
  const next = within(level, centred(withNeighbours(space.rect, small, size), size))
  const isSame = next.x === view.x && next.y === view.y && next.width === view.width
  return isSame ? undefined : next
}

/** The bounds of a space and of as many others, the nearest first, as fit into `size` with it. */
function withNeighbours(
  rect: PlanRect,
  others: readonly { readonly rect: PlanRect }[],
  size: Pick<PlanRect, 'width' | 'height'>,
): PlanRect {
  const away = (other: PlanRect) =>
    Math.hypot(
      other.x + other.width / 2 - rect.x - rect.width / 2,
      other.y + other.height / 2 - rect.y - rect.height / 2,
    )
  return others
    .map((other) => other.rect)
    .toSorted((a, b) => away(a) - away(b))
    .reduce((all, other) => {
      const larger = bounds(all, other)
      return larger.width <= size.width && larger.height <= size.height ? larger : all
    }, rect)
}

function centred(rect: PlanRect, { width, height }: Pick<PlanRect, 'width' | 'height'>): PlanRect {
  return { x: rect.x + (rect.width - width) / 2, y: rect.y + (rect.height - height) / 2, width, height }
}

function within(level: Picture['level'], { x, y, width, height }: PlanRect): PlanRect {
  const clamp = (at: number, max: number) => Math.max(0, Math.min(at, max))
  return { x: clamp(x, level.width - width), y: clamp(y, level.height - height), width, height }
}

function bounds(a: PlanRect, b: PlanRect): PlanRect {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
  const right = Math.max(a.x + a.width, b.x + b.width)
  const bottom = Math.max(a.y + a.height, b.y + b.height)
  return { x, y, width: right - x, height: bottom - y }
}
