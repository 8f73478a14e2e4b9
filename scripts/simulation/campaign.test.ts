import { expect, test } from 'vitest'
import { type Campaign, runCampaign } from './campaign.ts'
import type { Plan, RunResult } from './run-seed.ts'

const told = ({ seed, steps }: Plan): RunResult => ({
  ...{ seed, hash: `hash ${seed}`, steps: steps.length, violation: undefined, lines: [] },
  coverage: { 'a cable is cut × site down': 2 },
})

function campaignOf(stop: AbortSignal, more: Partial<Campaign> = {}): Campaign {
  const extent = { firstSeed: 1, seeds: 4, steps: 10, sites: 1, dwells: false }
  return { ...extent, beginMaxMs: 1, nowMs: () => 0, onFailure: () => {}, stop, ...more }
}

test('a campaign that is stopped tells of the seeds that were finished', async () => {
  const stop = new AbortController()
  const worker = {
    run: (plan: Plan) => {
      if (plan.seed < 3) return Promise.resolve(told(plan))
      stop.abort()
      return new Promise<RunResult>(() => {})
    },
  }
  const stopped = await runCampaign(campaignOf(stop.signal), [worker])
  const whole = await runCampaign(campaignOf(new AbortController().signal, { seeds: 2 }), [worker])
  expect(stopped).toMatchObject({ seeds: 2, steps: 20, failures: [], ended: undefined })
  expect(stopped.coverage.get('a cable is cut × site down')).toBe(4)
  expect(stopped.hash).toBe(whole.hash)
})

test('a worker that dies ends the campaign with the seeds that were finished', async () => {
  const died = new RangeError('the worker ended with 1')
  const worker = { run: async (plan: Plan) => (plan.seed < 3 ? told(plan) : Promise.reject(died)) }
  const result = await runCampaign(campaignOf(new AbortController().signal), [worker])
  expect(result).toMatchObject({ seeds: 2, ended: died })
})

test('no seed is begun once the time is over', async () => {
  let nowMs = 0
  const worker = {
    run: async (plan: Plan) => {
      nowMs += 400
      return told(plan)
    },
  }
  const stop = new AbortController().signal
  const result = await runCampaign(campaignOf(stop, { beginMaxMs: 1_000, nowMs: () => nowMs }), [worker])
  expect(result.seeds).toBe(3)
})
