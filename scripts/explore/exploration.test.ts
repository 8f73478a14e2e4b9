import { describe, expect, test } from 'vitest'
import { explore } from './exploration.ts'
import { boundsOf, mutations, smallRuns } from './mutations.ts'

describe('the loan protocol, explored', () => {
  test.each(smallRuns)('holds all invariants in every state of %o', (bounds) => {
    const found = explore(bounds, 'none', { statesMax: 400_000, keepsWays: true })
    expect(found.broken).toBeUndefined()
    expect(found.complete).toBe(true)
    expect(found.states).toBeGreaterThan(500)
  })

  test.each(mutations)('finds the planted mistake: %s', (mutation) => {
    const found = explore(boundsOf[mutation], mutation, { statesMax: 200_000, keepsWays: true })
    expect(found.broken).toBeDefined()
  })
})
