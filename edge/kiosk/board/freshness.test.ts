import { describe, expect, it } from 'vitest'
import { freshMaxMs, staleSinceMs } from './freshness.ts'

const count = { asOfMs: 500_000, ageMs: 0, heardMs: 1_000 }

describe('the level board', () => {
  it('trusts its figures up to the limit and then says since when they are old', () => {
    expect(staleSinceMs(count, 1_000 + freshMaxMs)).toBeUndefined()
    expect(staleSinceMs(count, 1_001 + freshMaxMs)).toBe(500_000)
  })

  it('adds the age that a count had when it arrived', () => {
    expect(staleSinceMs({ ...count, ageMs: freshMaxMs }, 1_000)).toBeUndefined()
    expect(staleSinceMs({ ...count, ageMs: freshMaxMs }, 1_001)).toBe(500_000)
  })

  it('is not misled by a site clock that runs ahead of the device', () => {
    expect(staleSinceMs({ ...count, ageMs: -4_500_000 }, 1_000 + freshMaxMs)).toBeUndefined()
    expect(staleSinceMs({ ...count, ageMs: -4_500_000 }, 1_001 + freshMaxMs)).toBe(500_000)
  })
})
