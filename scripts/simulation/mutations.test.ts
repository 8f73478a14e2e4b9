import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Crew, type Worker } from './crew.ts'
import { type Mutation, mutations } from './mutations.ts'
import { planOf, scheduleOf } from './run-seed.ts'

const seedsMax = 60
const steps = 200
const found = new Map<string, string>()

let crew: Crew
/** Runs what the product says. */
let sound: Worker
beforeAll(async () => {
  crew = await Crew.gather()
  sound = await crew.hire()
}, 120_000)
afterAll(async () => {
  await crew?.dismiss()
  for (const [name, how] of found) process.stdout.write(`planted: ${name}: ${how}\n`)
})

interface Found {
  readonly seeds: number
  /** What the steps up to there break without the mistake. */
  readonly without: string | undefined
}

/** Runs seeds until one breaks a promise, and that one again without the mistake; `undefined` when none did. */
async function find({ name, emphasis, schedule }: Mutation): Promise<Found | undefined> {
  const worker = await crew.hire(name)
  try {
    for (let seed = 1; seed <= seedsMax; seed += 1) {
      const plan = schedule ? scheduleOf(seed, steps, 1, schedule) : planOf(seed, steps, 2, emphasis)
      const { violation, steps: told } = await worker.run(plan)
      if (violation === undefined) continue
      found.set(name, `seed ${seed}: ${violation.slice(0, 160)}`)
      const again = await sound.run({ ...plan, steps: plan.steps.slice(0, told) })
      return { seeds: seed, without: again.violation }
    }
    return undefined
  } finally {
    await worker.stop()
  }
}

describe('a mistake that is planted on purpose', () => {
  it.each(mutations)('is found, and nothing without it: $name', { timeout: 600_000 }, async (mutation) => {
    expect(await find(mutation)).toMatchObject({ seeds: expect.any(Number), without: undefined })
  })
})
