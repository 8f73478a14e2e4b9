import type { Plan, RunResult } from './run-seed.ts'

/** Runs spent at most on making a history shorter. */
const triesMax = 150

/**
 * Deletes steps of a failing plan as long as it still fails: first large pieces, then smaller ones. Each step draws
 * from a seed of its own, so that those which stay mean the same.
 */
export async function shrink(
  plan: Plan,
  failed: RunResult,
  run: (plan: Plan) => Promise<RunResult>,
): Promise<{ readonly plan: Plan; readonly result: RunResult }> {
  let best = { plan: { ...plan, steps: plan.steps.slice(0, Math.max(1, failed.steps)) }, result: failed }
  let tries = 0
  for (
    let piece = Math.ceil(best.plan.steps.length / 2);
    piece >= 1;
    piece = piece === 1 ? 0 : Math.ceil(piece / 2)
  ) {
    for (let from = 0; from < best.plan.steps.length && tries < triesMax; tries += 1) {
      const { steps } = best.plan
      const shorter = { ...plan, steps: [...steps.slice(0, from), ...steps.slice(from + piece)] }
      const result = await run(shorter)
      if (result.violation === undefined) from += piece
      else best = { plan: shorter, result }
    }
  }
  return best
}
