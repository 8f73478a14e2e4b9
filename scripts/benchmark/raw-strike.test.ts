import { expect, it } from 'vitest'
import { runRawStrikes } from './raw-strike.ts'
import { strikeLine } from './strike-bench.ts'

it('closes the relay for every card that a bare pair of sockets passes on', async () => {
  const { p50Ms, p99Ms } = await runRawStrikes({ card: '12345678', taps: 2 })
  expect(p50Ms).toBeGreaterThan(0)
  expect(p99Ms).toBeGreaterThanOrEqual(p50Ms)
})

it('tells how many times longer a strike took than the bare sockets', () => {
  const line = strikeLine('card to strike', { p50Ms: 6, p99Ms: 12 }, { p50Ms: 2, p99Ms: 3 })
  expect(line).toMatch(/ratio p50 3\.00 {2}p99 4\.00$/)
})
