import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Crew } from './crew.ts'
import { type Mutation, mutations } from './mutations.ts'
import { planOf, scheduleOf } from './run-seed.ts'

const seedsMax = 60
const steps = 200
const found = new Map<string, string>()

let crew: Crew
beforeAll(async () => {
  crew = await Crew.gather()
}, 120_000)
afterAll(async () => {
  await crew?.dismiss()
  for (const [name, how] of found) process.stdout.write(`planted: ${name}: ${how}\n`)
})

/** Runs seeds until one breaks a promise; tells how many it took, `undefined` when none did. */
async function seedsToFind({ name, emphasis, schedule }: Mutation): Promise<number | undefined> {
  const worker = await crew.hire(name)
  try {
    for (let seed = 1; seed <= seedsMax; seed += 1) {
      const plan = schedule ? scheduleOf(seed, steps, 1, schedule) : planOf(seed, steps, 2, emphasis)
      const { violation } = await worker.run(plan)
      if (violation === undefined) continue
      found.set(name, `seed ${seed}: ${violation.slice(0, 160)}`)
      return seed
    }
    return undefined
  } finally {
    await worker.stop()
  }
}

describe('a mistake that is planted on purpose', () => {
  it.each(mutations)('is found: $name', { timeout: 600_000 }, async (mutation) => {
    expect(await seedsToFind(mutation)).toBeLessThanOrEqual(seedsMax)
  })
})
