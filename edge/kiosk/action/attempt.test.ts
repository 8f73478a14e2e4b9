import type { Problem } from '@gatehouse/shared/api/problem'
import { describe, expect, it } from 'vitest'
import { attemptFor, isOpen } from './attempt.ts'

const problem = (status: number): Problem => ({ type: 'about:blank', title: '', status, code: '', hint: '' })
const keys = () => {
  let count = 0
  return () => `key-${++count}`
}

describe('an attempt', () => {
  it('keeps its key for the same wish and takes another for a changed one', () => {
    const newKey = keys()
    const first = attemptFor(undefined, { spaceId: 'a', fromMs: 1 }, newKey)
    expect(attemptFor(first, { spaceId: 'a', fromMs: 1 }, newKey)).toBe(first)
    expect(attemptFor(first, { spaceId: 'a', fromMs: 2 }, newKey).key).not.toBe(first.key)
  })

  it('stays open without an answer and after a failure of the site, not after a refusal', () => {
    expect([0, 429, 500, 503, 507].map((status) => isOpen(problem(status)))).toEqual(Array(5).fill(true))
    expect(isOpen({ ...problem(503), code: 'card_unavailable' })).toBe(false)
    expect([400, 401, 402, 404, 409, 410, 422].some((status) => isOpen(problem(status)))).toBe(false)
  })
})
