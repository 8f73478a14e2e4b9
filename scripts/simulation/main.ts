import { writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { aborted, type CampaignResult, runCampaign } from './campaign.ts'
import { aimedSeedsMin, meetingsMin, rareMeetings } from './coverage-aim.ts'
import { Crew, type Worker } from './crew.ts'
import { coverageTable } from './report.ts'
import { dwellingPlan, planOf } from './run-seed.ts'
import { shrink } from './shrink.ts'

const usage = `./scripts/simulate [--seed N] [--seeds COUNT] [--steps M] [--sites K] [--minutes T] [--workers W] [--dwell] [--trace]
  --seed     first seed (1); the same seed always tells the same story
  --seeds    how many (1)
  --steps    steps of each (300)
  --sites    sites of each, 1 to 5 (3)
  --minutes  begin no further seed after so long (60)
  --workers  processes at once (2)
  --dwell    each seed dwells on a few faults of its own, so that rare ones meet every state
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
    dwell: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const print = (text: string) => void process.stdout.write(`${text}\n`)
const [firstSeed, seeds, steps, sites] = [values.seed, values.seeds, values.steps, values.sites].map(Number)

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => {
    print(`stopped by ${name}`)
    stopping.abort()
  })
}

interface Wanted {
  readonly firstSeed: number
  readonly seeds: number
  readonly steps: number
  readonly sites: number
}

/** Runs what was asked for and prints what came of it. Returns the exit code. */
async function main(): Promise<number> {
  const wanted = { firstSeed: firstSeed ?? 1, seeds: seeds ?? 1, steps: steps ?? 300, sites: sites ?? 3 }
  const crew = await Crew.gather()
  try {
    const workers = await hire(crew, Math.min(Number(values.workers), wanted.seeds))
    const [first] = workers
    if (!first) return 2
    if (values.trace) return await trace(first, wanted)
    return await campaign(wanted, workers, first)
  } finally {
    await crew.dismiss()
  }
}

async function campaign(wanted: Wanted, workers: readonly Worker[], first: Worker): Promise<number> {
  const began = performance.now()
  const result = await runCampaign(
    {
      ...wanted,
      dwells: values.dwell,
      beginMaxMs: Number(values.minutes) * 60_000,
      nowMs: () => performance.now(),
      onFailure: (failed) =>
        print(`seed ${failed.seed} broke after ${failed.steps} steps: ${failed.violation}`),
      stop: stopping.signal,
    },
    workers,
  )
  const seconds = (performance.now() - began) / 1000
  print(coverageTable(result.coverage))
  const rare = rareMeetings(result.coverage)
  if (rare.length > 0) print(`met less than ${meetingsMin} times: ${rare.join('; ')}`)
  print(
    `${result.seeds} of ${wanted.seeds} seeds from ${wanted.firstSeed}, ${result.steps} steps, ${wanted.sites} sites each`,
  )
  print(
    `${seconds.toFixed(1)} s, ${(result.steps / seconds).toFixed(0)} steps/s on ${workers.length} workers`,
  )
  print(`trace hash ${result.hash}`)
  if (result.ended !== undefined) print(`the simulation itself failed: ${String(result.ended)}`)
  for (const failure of result.failures) await explain(failure, first)
  const failed = result.failures.length
  if (values.counts !== undefined) {
    const counts = { numPassedTests: result.seeds - failed, numFailedTests: failed, numPendingTests: 0 }
    writeFileSync(values.counts, JSON.stringify(counts))
  }
  const isCovered = rare.length === 0 || result.seeds < aimedSeedsMin
  return failed === 0 && result.ended === undefined && isCovered && !stopping.signal.aborted ? 0 : 1
}

/** Prints the shortest history that still breaks the promise, unless somebody wants an end. */
async function explain({ plan, result }: CampaignResult['failures'][number], worker: Worker): Promise<void> {
  const shrinking = shrink(plan, result, (shorter) => worker.run(shorter))
  // Given up with the worker when somebody wants an end.
  shrinking.catch(() => undefined)
  const short = await Promise.race([shrinking, aborted(stopping.signal)])
  if (!short) return
  print(`${short.plan.steps.length} steps are enough: ${short.result.violation}`)
  print(short.result.lines.join('\n'))
}

async function hire(crew: Crew, count: number): Promise<Worker[]> {
  const workers: Worker[] = []
  for (let index = 0; index < count; index += 1) workers.push(await crew.hire())
  return workers
}

async function trace(worker: Worker, wanted: Wanted): Promise<number> {
  for (let seed = wanted.firstSeed; seed < wanted.firstSeed + wanted.seeds; seed += 1) {
    const plan = values.dwell ? dwellingPlan : planOf
    const running = worker.run(plan(seed, wanted.steps, wanted.sites))
    running.catch(() => undefined)
    const result = await Promise.race([running, aborted(stopping.signal)])
    if (!result) return 1
    print(result.lines.join('\n'))
    print(`seed ${seed}, trace hash ${result.hash}, ${result.violation ?? 'all agreed'}`)
  }
  return 0
}

if (values.help) print(usage)
else process.exitCode = await main()
