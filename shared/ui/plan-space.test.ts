import { describe, expect, it } from 'vitest'
import { planStateOf, spaceLayout } from './plan-space.ts'

const space = (name: string, width: number, height: number) => ({ name, rect: { x: 0, y: 0, width, height } })

describe('a space on the plan', () => {
  it('carries its name below the shape where there is height', () => {
    const layout = spaceLayout(space('Room Elm', 90, 70), 7)
    expect(layout).toMatchObject({ name: 'Room Elm', anchor: 'middle' })
    expect(layout.nameY).toBeGreaterThan(layout.markY + layout.mark)
  })
  it('carries its number beside the shape where it is flat', () => {
    const layout = spaceLayout(space('Desk 12', 24, 10), 7)
    expect(layout).toMatchObject({ name: '12', anchor: 'start' })
    expect(layout.nameX).toBeGreaterThan(layout.markX + layout.mark)
  })
  it('shows only its shape where nothing else fits', () => {
    expect(spaceLayout(space('Desk 12', 8, 8), 7).name).toBe('')
  })
})

describe('the state of a space', () => {
  const nobody = new Set<string>()
  const mine = new Set(['s1'])
  it.each([
    ['free', nobody, false, 'free'],
    ['free', nobody, true, 'stale'],
    ['held', nobody, true, 'stale'],
    ['taken', nobody, true, 'stale'],
    ['taken', mine, true, 'yours'],
    ['free', mine, false, 'yours'],
    ['out_of_service', nobody, true, 'out'],
  ] as const)('%s, yours %o, stale %s is drawn as %s', (status, yours, isStale, state) => {
    expect(planStateOf({ spaceId: 's1', status }, yours, isStale)).toBe(state)
  })
})

it('greys what nobody knows while a site is not heard, but not what it has lent', () => {
  const drawn = (lent?: boolean) => planStateOf({ spaceId: 'desk-1', status: 'free', lent }, new Set(), true)
  expect([drawn(), drawn(true)]).toEqual(['stale', 'free'])
})
