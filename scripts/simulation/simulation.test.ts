import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Crew } from './crew.ts'
import { planOf } from './run-seed.ts'

let crew: Crew
beforeAll(async () => {
  crew = await Crew.gather()
}, 120_000)
afterAll(() => crew?.dismiss())

describe('a simulated story', () => {
  it('is the same for the same seed, in another process and after other seeds', {
    timeout: 300_000,
  }, async () => {
    const plan = planOf(11, 150, 3)
    const [one, other] = [await crew.hire(), await crew.hire()]
    const first = await one.run(plan)
    await other.run(planOf(12, 60, 2))
    const second = await other.run(plan)
    expect(first.violation).toBeUndefined()
    expect(second.lines).toEqual(first.lines)
    expect(second.hash).toBe(first.hash)
  })

  it('that does not end is named, with what happened last', { timeout: 120_000 }, async () => {
    const worker = await crew.hire()
    await expect(worker.run(planOf(15, 5_000, 3), 4_000)).rejects.toThrow(/^seed 15 .*(\n.+)+$/)
    await worker.stop()
  })

  it('is another one for another seed', { timeout: 120_000 }, async () => {
    const worker = await crew.hire()
    const [one, other] = [await worker.run(planOf(13, 40, 2)), await worker.run(planOf(14, 40, 2))]
    expect(one.hash).not.toBe(other.hash)
  })
})
