import { adoptionSteps } from './adoption-steps.ts'
import { Chance } from './chance.ts'
import { CloudChecks } from './cloud-checks.ts'
import { Coverage } from './coverage.ts'
import { CreditChecks } from './credit-checks.ts'
import { creditSteps } from './credit-steps.ts'
import type { Diary } from './diary.ts'
import { diskSteps } from './disk-steps.ts'
import { fallSteps } from './fall-steps.ts'
import { faultSteps } from './fault-steps.ts'
import { heal } from './heal.ts'
import { imageSteps } from './image-steps.ts'
import { loanSteps } from './loan-steps.ts'
import { meeting, meetingSteps } from './meeting-steps.ts'
import { passSteps } from './pass-steps.ts'
import { peopleSteps } from './people-steps.ts'
import { raceSteps } from './race-steps.ts'
import { Simulation, type Stage } from './simulation.ts'
import { SiteChecks } from './site-checks.ts'
import type { StepKind } from './step.ts'

/** Everything that can happen. */
export const stepKinds: readonly StepKind[] = [
  ...peopleSteps,
  ...loanSteps,
  ...faultSteps,
  ...imageSteps,
  ...adoptionSteps,
  ...diskSteps,
  ...passSteps,
  ...raceSteps,
  ...fallSteps,
  ...creditSteps,
  ...meetingSteps,
]

/** Faults that are everywhere are counted in one of some steps only. */
const everywhere: ReadonlySet<string> = new Set(['time passes', 'messages move'])
const lookedAtOneIn = 5

/** Steps that may be a fault; falls happen in any. */
const mayBeFault: ReadonlySet<string> = new Set(
  [...faultSteps, ...imageSteps, ...adoptionSteps, ...diskSteps, ...meetingSteps].map(({ name }) => name),
)

/** One thing that happens in a run: which kind, and the seed of its own draws. */
export interface PlannedStep {
  readonly kind: string
  readonly seed: number
}

/** What a run is made of. */
export interface Plan {
  readonly seed: number
  readonly sites: number
  readonly steps: readonly PlannedStep[]
}

/** How much oftener than usual something happens. */
export type Emphasis = Readonly<Record<string, number>>

/** How a run ended. */
export interface RunResult {
  readonly seed: number
  readonly hash: string
  /** Steps that ran; fewer than planned when something broke. */
  readonly steps: number
  readonly violation: string | undefined
  readonly lines: readonly string[]
  readonly coverage: Readonly<Record<string, number>>
}

/** Plans a run: kinds by their weight, times what is emphasised; seeds of their own. */
export function planOf(seed: number, steps: number, sites: number, emphasis: Emphasis = {}): Plan {
  const chance = new Chance(seed)
  const weighted = stepKinds.map(({ name, weight }) => ({ name, weight: weight * (emphasis[name] ?? 1) }))
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
  const kindAt = (point: number) => {
    let left = point
    for (const { name, weight } of weighted) {
      if (left < weight) return name
      left -= weight
    }
    return 'time passes'
  }
  return {
    ...{ seed, sites },
    steps: Array.from({ length: steps }, () => ({
      kind: kindAt(chance.below(total)),
      seed: chance.below(0x7fff_ffff),
    })),
  }
}

const oftener = { faults: 2, times: 2 }
const everyday = new Set([
  'time passes',
  'messages move',
  'a site starts',
  'the cloud starts',
  'a cable is mended',
])
const faultKinds = [...faultSteps, ...imageSteps, ...adoptionSteps, ...diskSteps, ...fallSteps].filter(
  ({ name }) => !everyday.has(name),
)

/**
 * What a seed of a campaign dwells on: each a few faults of its own, so that rare ones meet every state without making
 * all stories as broken. Only the seed decides.
 */
export function emphasisOf(seed: number): Emphasis {
  const chance = new Chance(seed ^ 0x2545_f491)
  const chosen = Array.from({ length: oftener.faults }, () => chance.pickAny(faultKinds)?.name ?? '')
  return Object.fromEntries(chosen.map((name) => [name, oftener.times]))
}

/** Faults that seldom meet somebody who waits: somebody often asks for something right before. */
const lonely: ReadonlySet<string> = new Set([
  ...adoptionSteps.map(({ name }) => name),
  ...['an older disk is put back', 'the cloud is restored from a copy', 'the cloud starts'],
  ...['a disk has room again', 'a clock goes wrong', 'a site falls at work'],
])
const askedBeforePercent = 20
/** Where faults meet a rare moment instead: several, since what was brought about for one may still hold for the next. */
const meetingsPercent = 1
const meetingsInARow = 4

/** Plans a run that dwells on the faults of its seed, in company. */
export function dwellingPlan(seed: number, steps: number, sites: number): Plan {
  const plan = planOf(seed, steps, sites, emphasisOf(seed))
  const chance = new Chance(seed ^ 0x1b87_3593)
  let left = 0
  const inCompany = plan.steps.map((step, index) => {
    if (chance.percent(meetingsPercent)) left = meetingsInARow
    if (left > 0) {
      left -= 1
      return { ...step, kind: meeting }
    }
    const next = plan.steps[index + 1]
    if (!next || !lonely.has(next.kind) || lonely.has(step.kind)) return step
    if (!chance.percent(askedBeforePercent)) return step
    return { ...step, kind: chance.pick(['hold in the app', 'hold in the app', 'hold at the kiosk']) }
  })
  return { ...plan, steps: inCompany }
}

/** Plans a run whose kinds follow a schedule, again and again; only what each draws is chance. */
export function scheduleOf(seed: number, steps: number, sites: number, schedule: readonly string[]): Plan {
  const chance = new Chance(seed)
  const stepAt = (index: number) => ({
    kind: schedule[index % schedule.length] ?? 'time passes',
    seed: chance.below(0x7fff_ffff),
  })
  return { seed, sites, steps: Array.from({ length: steps }, (_none, index) => stepAt(index)) }
}

/**
 * Runs a plan to its end or to the first broken promise, then heals the world and waits until all sides agree. `onBegun`
 * hears where it is written down.
 */
export async function runPlan(
  stage: Stage,
  plan: Plan,
  onBegun: (diary: Diary) => void = () => {},
): Promise<RunResult> {
  const simulation = new Simulation(stage)
  onBegun(simulation.diary)
  const sites = new SiteChecks(simulation)
  const cloud = new CloudChecks(simulation, sites)
  const credits = new CreditChecks(simulation, sites.chains)
  const coverage = new Coverage(simulation)
  const kinds = new Map(stepKinds.map((kind) => [kind.name, kind]))
  const look = async () => {
    sites.check()
    credits.check()
    const heads = await cloud.check()
    simulation.violations.push(...simulation.diary.bugs.splice(0))
    return heads
  }
  let done = 0
  await simulation.begin(plan.seed, plan.sites)
  await look()
  for (const { kind, seed } of plan.steps) {
    if (simulation.violations.length > 0) break
    coverage.before(mayBeFault.has(kind) && (!everywhere.has(kind) || seed % lookedAtOneIn === 0))
    const happened = (await kinds.get(kind)?.run(simulation, new Chance(seed))) ?? ''
    const heads = await look()
    if (typeof happened !== 'string') coverage.after(happened)
    const outcome = typeof happened === 'string' ? happened : `${happened.fault}: ${happened.said}`
    done += 1
    simulation.diary.note(`${done} ${kind}: ${outcome} | ${headsOf(simulation)} | ${heads}`)
  }
  if (simulation.violations.length === 0) await heal(simulation, { sites, credits }, look)
  await simulation.end()
  const { hash, lines } = simulation.diary
  const [violation] = simulation.violations
  return { seed: plan.seed, hash, steps: done, violation, lines, coverage: coverage.counts() }
}

function headsOf(simulation: Simulation): string {
  return simulation.machines
    .map(({ life }) =>
      life ? `${life.site.kernel.head.seq}:${life.site.kernel.head.hash.slice(0, 8)}` : 'down',
    )
    .join(' ')
}
