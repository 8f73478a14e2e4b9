import { cloudSteps, ingestSteps } from './cloud-steps.ts'
import { brokenInvariant } from './invariants.ts'
import { type Bounds, canonicalText, copyState, initialState, type State } from './model-state.ts'
import type { Mutation } from './mutations.ts'
import { SeenStates } from './seen-states.ts'
import { applySteps, newLifeStep, type Rules, siteSteps, type Take } from './site-steps.ts'

/** What was explored, and the shortest way to a broken invariant when there is one. */
export interface Exploration {
  readonly states: number
  readonly transitions: number
  /** Steps from the first state to the farthest. */
  readonly depth: number
  /** False when `statesMax` stopped it before everything in the bounds was seen. */
  readonly complete: boolean
  readonly broken?: { readonly invariant: string; readonly steps: readonly string[] }
}

interface Node {
  readonly state: State
  readonly name: string
  readonly before: Node | undefined
}

/**
 * Visits every state that the bounds allow, nearest first, and stops at the first broken invariant. `statesMax` bounds the
 * memory; `keepsWays` keeps the way to each state (about ten times the memory), without it only the last step is named.
 */
export function explore(
  bounds: Bounds,
  mutation: Mutation,
  { statesMax, keepsWays }: { readonly statesMax: number; readonly keepsWays: boolean },
): Exploration {
  const rules: Rules = { bounds, mutation }
  const seen = new SeenStates()
  const first = initialState(bounds)
  seen.add(canonicalText(first))
  let level: Node[] = [{ state: first, name: 'start', before: undefined }]
  let transitions = 0
  let depth = 0
  for (; level.length > 0; depth += 1) {
    const next: Node[] = []
    for (const node of level) {
      for (const { name, state } of stepsFrom(node.state, rules)) {
        transitions += 1
        if (!seen.add(canonicalText(state))) continue
        const reached: Node = { state, name, before: keepsWays ? node : undefined }
        const invariant = brokenInvariant(state)
        if (invariant !== undefined) {
          const broken = { invariant, steps: wayTo(reached) }
          return { states: seen.size, transitions, depth: depth + 1, complete: false, broken }
        }
        if (seen.size >= statesMax) return { states: seen.size, transitions, depth, complete: false }
        next.push(reached)
      }
    }
    level = next
  }
  return { states: seen.size, transitions, depth: depth - 1, complete: true }
}

function stepsFrom(state: State, rules: Rules): { name: string; state: State }[] {
  const steps: { name: string; state: State }[] = []
  const take: Take = (name, change) => {
    const next = copyState(state)
    change(next)
    forgetPast(next)
    steps.push({ name, state: next })
  }
  siteSteps(state, rules, take)
  newLifeStep(state, rules, take)
  applySteps(state, take)
  cloudSteps(state, rules, take)
  ingestSteps(state, rules, take)
  return steps
}

/** What both sides and their copies have behind them can never be sent again: it is left out of the state. */
function forgetPast(state: State): void {
  const entries = Math.min(state.cloud.head, state.backup?.head ?? state.cloud.head)
  if (entries > 0) {
    state.log = state.log.slice(entries)
    state.cloud.head -= entries
    if (state.backup !== null) state.backup = { ...state.backup, head: state.backup.head - entries }
    if (state.heard > 0) state.heard = Math.max(1, state.heard - entries)
  }
  const position = state.site.position
  const rows = Math.min(position, state.image?.position ?? position, state.backup?.rowCount ?? position)
  if (rows === 0) return
  state.rows = state.rows.slice(rows)
  state.cloud.rowCount = state.rows.length
  state.site.position -= rows
  state.boundary = Math.max(0, state.boundary - rows)
  if (state.image !== null) state.image = { ...state.image, position: state.image.position - rows }
  if (state.backup !== null) state.backup = { ...state.backup, rowCount: state.backup.rowCount - rows }
}

function wayTo(node: Node): string[] {
  const steps: string[] = []
  for (let at: Node | undefined = node; at !== undefined; at = at.before) steps.unshift(at.name)
  return steps
}
