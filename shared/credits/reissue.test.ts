import { describe, expect, it } from 'vitest'
import { reissuedForMs, reissueOf } from './reissue.ts'

const back = { amountMinor: 500, expiresMs: 1_000 }

describe('credits that come back for a refund', () => {
  it('are issued again for seven days from the moment their bucket was over', () => {
    const reissue = { amountMinor: 500, fromMs: 5_000, expiresMs: 5_000 + reissuedForMs }
    expect(reissueOf({ ...back, restoredMs: 1_000 }, 5_000)).toEqual(reissue)
    expect(reissuedForMs).toBe(604_800_000)
  })

  it('stay in their bucket one millisecond before, however late the cloud learns of it', () => {
    expect(reissueOf({ ...back, restoredMs: 999 }, 5_000)).toBeUndefined()
  })

  it('of nothing are nothing', () => {
    expect(reissueOf({ amountMinor: 0, expiresMs: 1_000, restoredMs: 2_000 }, 5_000)).toBeUndefined()
  })
})
