import { describe, expect, it } from 'vitest'
import { daySegments, isFreeFor } from './day-segments.ts'

const half = 1_800_000
const slot = (index: number, state: 'free' | 'taken' | 'gap') =>
  ({ fromMs: index * half, toMs: (index + 1) * half, state }) as const
const day = [slot(0, 'taken'), slot(1, 'taken'), slot(2, 'gap'), slot(3, 'free'), slot(4, 'free')]

it('joins neighbours of one state', () => {
  expect(daySegments(day).map(({ state, fromMs, toMs }) => [state, fromMs / half, toMs / half])).toEqual([
    ['taken', 0, 2],
    ['gap', 2, 3],
    ['free', 3, 5],
  ])
})

it('sets what the site has lent apart while the site is not heard', () => {
  const slots = [slot(3, 'free'), { ...slot(4, 'free'), lent: true }]
  expect(daySegments(slots).length).toBe(1)
  expect(daySegments(slots, true).map(({ slots: [first] }) => first?.lent)).toEqual([undefined, true])
})

describe('a wished time', () => {
  it('is free when all of its half-hours are', () => {
    expect(isFreeFor(day, 3 * half, 5 * half)).toBe(true)
  })
  it('is not free when it begins in a gap', () => {
    expect(isFreeFor(day, 2 * half, 4 * half)).toBe(false)
  })
  it('is judged by the loaded day where it reaches into the next', () => {
    expect(isFreeFor(day, 4 * half, 7 * half)).toBe(true)
  })
  it('is not free on a day that is not loaded', () => {
    expect(isFreeFor([], 0, half)).toBe(false)
  })
})
