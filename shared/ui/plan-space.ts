import type { SpaceStatus } from '@gatehouse/shared/api/views'
import type { Price } from '@gatehouse/shared/wire/v1/entries'
import { type ChipState, chipStateOf } from './state-chip.tsx'

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
  readonly rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
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

/** The state a space is drawn in: `yours` wins over what others see. */
export function planStateOf(space: PlanSpace, yours: ReadonlySet<string>): ChipState {
  return yours.has(space.spaceId) ? 'yours' : chipStateOf(space.status)
}

/** The part of a name that fits into `width` plan units at `size`: all of it, its last word, or nothing. */
export function fittingName(name: string, width: number, size: number): string {
  const fits = (text: string) => text.length * size * 0.6 <= width
  if (fits(name)) return name
  const last = name.split(/[\s-]+/).at(-1) ?? ''
  return fits(last) ? last : ''
}
