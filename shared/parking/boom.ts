import { assertNever } from '../result/result.ts'

/** What the limit switches say; absent: not wired, or not heard yet. */
export interface BoomLimits {
  readonly open?: boolean
  readonly closed?: boolean
}

/*
 * A boom as its limit switches tell it. Nothing here moves it: what is found is told, and one more vend is asked for.
 *
 *   unwatched ──first word──▶ resting ──vend──▶ asked ──moves──▶ open ──closed──▶ resting
 *                                │                │ does not move, vend again, does not move
 *                                │ leaves the     ▼
 *                                │ closed end    stuck ──moves──▶ open ──too long──▶ staying ──closed──▶ resting
 *                                └──▶ forced ──closed──▶ resting
 *   any ──both ends at once──▶ contradictory (told when it lasts) ──one of them──▶ resting | open
 */
export type BoomState = { readonly limits: BoomLimits } & (
  | { readonly kind: 'unwatched' }
  /** Nothing was asked of it; `askedMs` is the last vend all the same, which may still move it. */
  | { readonly kind: 'resting'; readonly askedMs?: number }
  | { readonly kind: 'asked'; readonly sinceMs: number; readonly tries: number }
  | { readonly kind: 'open'; readonly sinceMs: number }
  | { readonly kind: 'stuck' }
  | { readonly kind: 'forced' }
  | { readonly kind: 'staying' }
  /** `told`: it lasts; two switches of one reading may come one after the other. */
  | { readonly kind: 'contradictory'; readonly sinceMs: number; readonly told: boolean }
)

export type BoomInput =
  | { readonly kind: 'limit'; readonly limit: 'open' | 'closed'; readonly reached: boolean }
  /** It was asked to open, or to stay open. */
  | { readonly kind: 'vended' }
  | { readonly kind: 'tick' }

/** What is wrong with a boom: it does not move, moved unasked, does not come down, or says both ends at once. */
export type BoomFault = 'stuck' | 'forced' | 'open' | 'limits'

export interface BoomStep {
  readonly boom: BoomState
  readonly began?: BoomFault
  readonly ended?: BoomFault
  /** Ask once more; bounded by `vendTriesMax`. */
  readonly vendAgain?: boolean
}

/** A boom that was asked to open has left its closed end after this long. */
export const boomMoveMs = 4_000
/** A boom that does not move is asked so often more: a vend that comes twice may let a second car in. */
export const vendTriesMax = 1
/** A boom that nobody asked for this long should be down again. */
export const boomOpenMsMax = 3 * 60_000

/** Both ends at once are told after this long. */
export const limitsConfirmMs = 2_000

export const unwatchedBoom: BoomState = { kind: 'unwatched', limits: {} }

/** Applies one input at monotonic `nowMs`. Pure. */
export function stepBoom(boom: BoomState, input: BoomInput, nowMs: number): BoomStep {
  switch (input.kind) {
    case 'limit':
      return limit(boom, { ...boom.limits, [input.limit]: input.reached }, nowMs)
    case 'vended':
      return { boom: vended(boom, nowMs) }
    case 'tick':
      return tick(boom, nowMs)
    default:
      return assertNever(input)
  }
}

/** Where the boom is; `moving` also where only one end has a switch and it is not there. */
export function boomPosition({ open, closed }: BoomLimits): 'up' | 'down' | 'moving' | 'unknown' {
  if (open === undefined && closed === undefined) return 'unknown'
  if (open === true && closed === true) return 'unknown'
  if (closed === true) return 'down'
  return open === true ? 'up' : 'moving'
}

/** What is wrong with it now. */
export function boomFault(boom: BoomState): BoomFault | undefined {
  switch (boom.kind) {
    case 'stuck':
    case 'forced':
      return boom.kind
    case 'staying':
      return 'open'
    case 'contradictory':
      return boom.told ? 'limits' : undefined
    case 'unwatched':
    case 'resting':
    case 'asked':
    case 'open':
      return undefined
    default:
      return assertNever(boom)
  }
}

/** Away from the closed end, as far as the switches tell. */
function isAway({ open, closed }: BoomLimits): boolean {
  return closed === undefined ? open === true : !closed
}

function limit(boom: BoomState, limits: BoomLimits, nowMs: number): BoomStep {
  const fault = boomFault(boom)
  const over = fault === undefined ? {} : { ended: fault }
  if (limits.open === true && limits.closed === true) {
    if (boom.kind === 'contradictory') return { boom: { ...boom, limits } }
    return { boom: { kind: 'contradictory', limits, sinceMs: nowMs, told: false }, ...over }
  }
  const away = isAway(limits)
  switch (boom.kind) {
    case 'unwatched':
    case 'contradictory':
      // Where it is when it is first known is nobody's fault, and what was asked of it before is not known.
      return {
        boom: away ? { kind: 'open', limits, sinceMs: nowMs } : { kind: 'resting', limits, askedMs: nowMs },
        ...over,
      }
    case 'resting': {
      if (!away) return { boom: { ...boom, limits } }
      const wasAsked = boom.askedMs !== undefined && nowMs - boom.askedMs <= boomMoveMs
      if (wasAsked) return { boom: { kind: 'open', limits, sinceMs: nowMs } }
      return { boom: { kind: 'forced', limits }, began: 'forced' }
    }
    case 'asked':
      return { boom: away ? { kind: 'open', limits, sinceMs: boom.sinceMs } : { ...boom, limits } }
    case 'stuck':
      return away
        ? { boom: { kind: 'open', limits, sinceMs: nowMs }, ...over }
        : { boom: { ...boom, limits } }
    case 'open':
      return { boom: away ? { ...boom, limits } : { kind: 'resting', limits, askedMs: boom.sinceMs } }
    case 'forced':
    case 'staying':
      return away ? { boom: { ...boom, limits } } : { boom: { kind: 'resting', limits }, ...over }
    default:
      return assertNever(boom)
  }
}

function vended(boom: BoomState, nowMs: number): BoomState {
  switch (boom.kind) {
    case 'resting': {
      const { limits } = boom
      return { kind: 'asked', limits, sinceMs: nowMs, tries: 0 }
    }
    case 'open':
      return { ...boom, sinceMs: nowMs }
    case 'unwatched':
    case 'asked':
    case 'stuck':
    case 'forced':
    case 'staying':
    case 'contradictory':
      return boom
    default:
      return assertNever(boom)
  }
}

function tick(boom: BoomState, nowMs: number): BoomStep {
  const { limits } = boom
  switch (boom.kind) {
    case 'asked': {
      if (nowMs - boom.sinceMs < boomMoveMs) return { boom }
      if (boom.tries >= vendTriesMax) return { boom: { kind: 'stuck', limits }, began: 'stuck' }
      return { boom: { ...boom, sinceMs: nowMs, tries: boom.tries + 1 }, vendAgain: true }
    }
    case 'open':
      return nowMs - boom.sinceMs < boomOpenMsMax
        ? { boom }
        : { boom: { kind: 'staying', limits }, began: 'open' }
    case 'contradictory':
      if (boom.told || nowMs - boom.sinceMs < limitsConfirmMs) return { boom }
      return { boom: { ...boom, told: true }, began: 'limits' }
    case 'unwatched':
    case 'resting':
    case 'stuck':
    case 'forced':
    case 'staying':
      return { boom }
    default:
      return assertNever(boom)
  }
}
