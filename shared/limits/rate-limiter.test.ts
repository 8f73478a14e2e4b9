import { describe, expect, it } from 'vitest'
import { ManualClock } from '../clock/clock.ts'
import { RateLimiter } from './rate-limiter.ts'

describe('rate limit', () => {
  it('passes a burst, then asks to wait, then passes as tokens come back', () => {
    const clock = new ManualClock(0)
    const limiter = new RateLimiter({ burst: 3, perSecond: 0.5 }, clock)
    expect([1, 2, 3].map(() => limiter.take('a').kind)).toEqual(['pass', 'pass', 'pass'])
    expect(limiter.take('a')).toEqual({ kind: 'wait', seconds: 2 })
    clock.advance(2_000)
    expect(limiter.take('a').kind).toBe('pass')
    expect(limiter.take('a').kind).toBe('wait')
  })

  it('counts callers apart', () => {
    const limiter = new RateLimiter({ burst: 1, perSecond: 1 }, new ManualClock(0))
    expect(limiter.take('a').kind).toBe('pass')
    expect(limiter.take('b').kind).toBe('pass')
    expect(limiter.take('a').kind).toBe('wait')
  })

  it('forgets the longest silent caller beyond its bound', () => {
    const limiter = new RateLimiter({ burst: 1, perSecond: 0.001 }, new ManualClock(0))
    limiter.take('first')
    for (let index = 0; index < 50_000; index += 1) limiter.take(`caller ${index}`)
    expect(limiter.take('first').kind).toBe('pass')
    expect(limiter.take('caller 49999').kind).toBe('wait')
  })
})
