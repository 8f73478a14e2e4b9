import { ManualClock } from '@gatehouse/shared/clock/clock'
import { expect, test } from 'vitest'
import { Link } from './link.ts'

test('a site that starts without the cloud has been offline since it last heard it', () => {
  const clock = new ManualClock(10_000)
  expect(new Link(clock, 4_000).state).toEqual({ state: 'offline', sinceMs: 4_000 })
  expect(new Link(clock).state).toEqual({ state: 'offline', sinceMs: 10_000 })
})

test('tells each change once, with its moment', () => {
  const clock = new ManualClock(10_000)
  const link = new Link(clock, 4_000)
  const told: string[] = []
  link.onChange(({ state, sinceMs }) => told.push(`${state} ${sinceMs}`))
  link.report(true)
  clock.advance(500)
  link.report(true)
  link.report(false)
  expect(told).toEqual(['live 10000', 'offline 10500'])
})
