import { assertNever } from '../result/result.ts'

/*
 * What one loop says, and whether it can be believed.
 *
 *   unheard ──first word──▶ clear ◀──────▶ covered ──too long──▶ stuck ──clear──▶ clear
 *                             │ covered again at once
 *                             ▼
 *                          settling ──stays──▶ covered
 *   any but stuck ──too many changes──▶ chattering ──quiet──▶ clear | covered
 */
export type LoopHealth =
  | { readonly kind: 'unheard' }
  /** `edges`: when it changed lately; `sinceMs`: when it changed last. */
  | { readonly kind: 'clear'; readonly edges: readonly number[]; readonly sinceMs?: number }
  | { readonly kind: 'covered'; readonly edges: readonly number[]; readonly sinceMs: number }
  /** Covered so soon after it was clear that it may be the tail of the same vehicle; told as clear. */
  | { readonly kind: 'settling'; readonly edges: readonly number[]; readonly sinceMs: number }
  | { readonly kind: 'stuck' }
  /** `told`: what was passed on last; `raw`: what it says now. */
  | {
      readonly kind: 'chattering'
      readonly told: boolean
      readonly raw: boolean
      readonly sinceMs: number
    }

export type LoopInput = { readonly kind: 'edge'; readonly covered: boolean } | { readonly kind: 'tick' }

/** Why a loop is not believed. */
export type LoopFault = 'stuck' | 'chatter'

export interface LoopStep {
  readonly health: LoopHealth
  /** What the lane hears of it. */
  readonly told?: boolean
  readonly began?: LoopFault
  readonly ended?: LoopFault
}

/** More changes than this within the window are no traffic: a queue of cars makes two every few seconds. */
export const chatterEdgesMax = 12
export const chatterWindowMs = 10_000
/** A loop that chattered is believed again after it was quiet for this long. */
export const chatterQuietMs = 10_000
/** No second vehicle follows within this time: a trailer's gap, or a detector that lets go for a moment. */
export const bounceMs = 150
/** What stays covered for this long is a vehicle all the same. */
export const settleMs = 300

/** Applies one input at monotonic `nowMs`; covered for longer than `stuckMs` is a fault. Pure. */
export function stepLoop(
  health: LoopHealth,
  input: LoopInput,
  at: { readonly nowMs: number; readonly stuckMs: number },
): LoopStep {
  return input.kind === 'edge' ? edge(health, input.covered, at.nowMs) : tick(health, at)
}

/** Whether what the loop says can be believed; one that was never heard is not in doubt. */
export function isFaulty({ kind }: LoopHealth): boolean {
  return kind === 'stuck' || kind === 'chattering'
}

function edge(health: LoopHealth, covered: boolean, nowMs: number): LoopStep {
  switch (health.kind) {
    case 'unheard':
      return { health: first(covered, nowMs), told: covered }
    case 'clear':
    case 'covered':
    case 'settling':
      return covered === (health.kind !== 'clear') ? { health } : changed(health, covered, nowMs)
    case 'stuck':
      return covered
        ? { health }
        : { health: { kind: 'clear', edges: [], sinceMs: nowMs }, told: false, ended: 'stuck' }
    case 'chattering':
      return { health: { ...health, raw: covered, sinceMs: nowMs } }
    default:
      return assertNever(health)
  }
}

function changed(
  health: Extract<LoopHealth, { readonly edges: readonly number[] }>,
  covered: boolean,
  nowMs: number,
): LoopStep {
  const edges = [...health.edges.filter((ms) => nowMs - ms < chatterWindowMs), nowMs]
  if (edges.length > chatterEdgesMax) {
    const told = health.kind === 'covered'
    return { health: { kind: 'chattering', told, raw: covered, sinceMs: nowMs }, began: 'chatter' }
  }
  if (health.kind === 'settling') return { health: { kind: 'clear', edges, sinceMs: nowMs } }
  if (!covered) return { health: { kind: 'clear', edges, sinceMs: nowMs }, told: false }
  const soon = health.sinceMs !== undefined && nowMs - health.sinceMs < bounceMs
  return soon
    ? { health: { kind: 'settling', edges, sinceMs: nowMs } }
    : { health: { kind: 'covered', edges, sinceMs: nowMs }, told: true }
}

function tick(
  health: LoopHealth,
  { nowMs, stuckMs }: { readonly nowMs: number; readonly stuckMs: number },
): LoopStep {
  switch (health.kind) {
    case 'unheard':
    case 'clear':
    case 'stuck':
      return { health }
    case 'covered':
      return nowMs - health.sinceMs >= stuckMs ? { health: { kind: 'stuck' }, began: 'stuck' } : { health }
    case 'settling':
      return nowMs - health.sinceMs >= settleMs
        ? { health: { ...health, kind: 'covered' }, told: true }
        : { health }
    case 'chattering': {
      if (nowMs - health.sinceMs < chatterQuietMs) return { health }
      const next = { health: first(health.raw, nowMs), ended: 'chatter' } as const
      return health.raw === health.told ? next : { ...next, told: health.raw }
    }
    default:
      return assertNever(health)
  }
}

function first(covered: boolean, nowMs: number): LoopHealth {
  return covered ? { kind: 'covered', edges: [], sinceMs: nowMs } : { kind: 'clear', edges: [] }
}
