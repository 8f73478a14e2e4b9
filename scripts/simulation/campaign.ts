import { createHash } from 'node:crypto'
import type { Worker } from './crew.ts'
import { dwellingPlan, type Plan, planOf, type RunResult } from './run-seed.ts'

/** What is to be run. */
export interface Campaign {
  readonly firstSeed: number
  readonly seeds: number
  readonly steps: number
  readonly sites: number
  /** Whether each seed dwells on a few faults of its own. */
  readonly dwells: boolean
  /** No further seed is begun after this many milliseconds. */
  readonly beginMaxMs: number
  readonly nowMs: () => number
  /** Hears of each seed that broke a promise. */
  readonly onFailure: (result: RunResult) => void
  /** Ends the campaign at once, with the seeds that are finished; those under way are given up. */
  readonly stop: AbortSignal
}

/** What came of it. */
export interface CampaignResult {
  readonly seeds: number
  readonly steps: number
  /** Over the hashes of all seeds, in their order. */
  readonly hash: string
  readonly failures: readonly { readonly plan: Plan; readonly result: RunResult }[]
  /** How often each fault met each state of the protocols. */
  readonly coverage: ReadonlyMap<string, number>
  /** Why the simulation itself ended early, if it did. */
  readonly ended: unknown
}

/** Runs seeds on several workers until all are done, time is up, or a few have failed. */
export async function runCampaign(
  campaign: Campaign,
  workers: readonly Pick<Worker, 'run'>[],
): Promise<CampaignResult> {
  const { firstSeed, seeds, steps, sites, beginMaxMs, nowMs, stop } = campaign
  const untilMs = nowMs() + beginMaxMs
  const results: RunResult[] = []
  const failures: { plan: Plan; result: RunResult }[] = []
  let next = firstSeed
  const work = async (worker: Pick<Worker, 'run'>) => {
    while (next < firstSeed + seeds && nowMs() < untilMs && failures.length === 0 && !stop.aborted) {
      const plan = campaign.dwells ? dwellingPlan(next, steps, sites) : planOf(next, steps, sites)
      next += 1
      const result = await worker.run(plan)
      if (stop.aborted) return
      results.push(result)
      if (result.violation === undefined) continue
      failures.push({ plan, result })
      campaign.onFailure(result)
    }
  }
  const done = Promise.all(workers.map(work)).then(
    () => undefined,
    (error: unknown) => (stop.aborted ? undefined : error),
  )
  const ended = await Promise.race([done, aborted(stop)])
  results.sort((a, b) => a.seed - b.seed)
  const coverage = new Map<string, number>()
  for (const result of results) {
    for (const [cell, count] of Object.entries(result.coverage)) {
      coverage.set(cell, (coverage.get(cell) ?? 0) + count)
    }
  }
  return {
    seeds: results.length,
    steps: results.reduce((sum, result) => sum + result.steps, 0),
    hash: createHash('sha256')
      .update(results.map(({ hash }) => hash).join('\n'))
      .digest('hex'),
    ...{ failures, coverage, ended },
  }
}

/** Resolves when somebody wants an end. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
