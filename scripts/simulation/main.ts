import { writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { runCampaign } from './campaign.ts'
import { Crew, type Worker } from './crew.ts'
import { coverageTable } from './report.ts'
import { planOf, type RunResult } from './run-seed.ts'
import { shrink } from './shrink.ts'

const usage = `./scripts/simulate [--seed N] [--seeds COUNT] [--steps M] [--sites K] [--minutes T] [--workers W] [--trace]
  --seed     first seed (1); the same seed always tells the same story
  --seeds    how many (1)
  --steps    steps of each (300)
  --sites    sites of each, 1 to 5 (3)
  --minutes  begin no further seed after so long (60)
  --workers  processes at once (2)
  --trace    print everything that happened in each`

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    steps: { type: 'string', default: '300' },
    sites: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '60' },
    workers: { type: 'string', default: '2' },
    counts: { type: 'string' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const print = (text: string) => void process.stdout.write(`${text}\n`)
const [firstSeed, seeds, steps, sites] = [values.seed, values.seeds, values.steps, values.sites].map(Number)

/** Runs what was asked for and prints what came of it. Returns the exit code. */
async function main(): Promise<number> {
  const wanted = { firstSeed: firstSeed ?? 1, seeds: seeds ?? 1, steps: steps ?? 300, sites: sites ?? 3 }
  const crew = await Crew.gather()
  try {
    const workers = await hire(crew, Math.min(Number(values.workers), wanted.seeds))
    const [first] = workers
    if (!first) return 2
    if (values.trace) return await trace(first, wanted)
    const began = performance.now()
    const beginMaxMs = Number(values.minutes) * 60_000
    const nowMs = () => performance.now()
    const onFailure = (failed: RunResult) =>
      print(`seed ${failed.seed} broke after ${failed.steps} steps: ${failed.violation}`)
    const result = await runCampaign({ ...wanted, beginMaxMs, nowMs, onFailure }, workers)
    const seconds = (performance.now() - began) / 1000
    print(coverageTable(result.coverage))
    print(`${result.seeds} seeds from ${wanted.firstSeed}, ${result.steps} steps, ${wanted.sites} sites each`)
    print(
      `${seconds.toFixed(1)} s, ${(result.steps / seconds).toFixed(0)} steps/s on ${workers.length} workers`,
    )
    print(`trace hash ${result.hash}`)
    for (const { plan, result: failed } of result.failures) {
      const short = await shrink(plan, failed, (shorter) => first.run(shorter))
      print(`${short.plan.steps.length} steps are enough: ${short.result.violation}`)
      print(short.result.lines.join('\n'))
    }
    const failed = result.failures.length
    if (values.counts !== undefined) {
      const counts = { numPassedTests: result.seeds - failed, numFailedTests: failed, numPendingTests: 0 }
      writeFileSync(values.counts, JSON.stringify(counts))
    }
    return failed === 0 ? 0 : 1
  } finally {
    await crew.dismiss()
  }
}

async function hire(crew: Crew, count: number): Promise<Worker[]> {
  const workers: Worker[] = []
  for (let index = 0; index < count; index += 1) workers.push(await crew.hire())
  return workers
}

async function trace(
  worker: Worker,
  wanted: {
    readonly firstSeed: number
    readonly seeds: number
    readonly steps: number
    readonly sites: number
  },
): Promise<number> {
  for (let seed = wanted.firstSeed; seed < wanted.firstSeed + wanted.seeds; seed += 1) {
    const result = await worker.run(planOf(seed, wanted.steps, wanted.sites))
    print(result.lines.join('\n'))
    print(`seed ${seed}, trace hash ${result.hash}, ${result.violation ?? 'all agreed'}`)
  }
  return 0
}

if (values.help) print(usage)
else process.exitCode = await main()
