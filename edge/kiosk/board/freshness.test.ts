import { describe, expect, it } from 'vitest'
import { freshMaxMs, staleSinceMs } from './freshness.ts'

describe('the level board', () => {
  it('trusts its figures up to the limit and then says since when they are old', () => {
    expect(staleSinceMs({ asOfMs: 1_000, heardMs: 1_000 }, 1_000 + freshMaxMs)).toBeUndefined()
    expect(staleSinceMs({ asOfMs: 1_000, heardMs: 1_000 }, 1_001 + freshMaxMs)).toBe(1_000)
  })

  it('counts from the older of counting and hearing', () => {
    expect(staleSinceMs({ asOfMs: 5_000, heardMs: 90_000 }, 90_000)).toBe(5_000)
    expect(staleSinceMs({ asOfMs: 90_000, heardMs: 5_000 }, 90_000)).toBe(5_000)
  })
})
