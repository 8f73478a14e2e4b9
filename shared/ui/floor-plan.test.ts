import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { FloorPlan } from './floor-plan.tsx'
import type { PlanSpace } from './plan-space.ts'

const level = { levelId: 'l1', name: 'Ground', width: 100, height: 60 }
const space = (spaceId: string, status: PlanSpace['status']): PlanSpace => {
  const rect = { x: 0, y: 0, width: 20, height: 20 }
  return { spaceId, name: spaceId, kind: 'desk', levelId: 'l1', status, rect }
}
const spaces = [space('free', 'free'), space('taken', 'taken'), space('broken', 'out_of_service')]

function drawn(staleSinceMs?: number): string {
  return renderToString(createElement(FloorPlan, { level, spaces, staleSinceMs, timeZone: 'Europe/Berlin' }))
}
const statesIn = (html: string) => [...html.matchAll(/data-state="(\w+)"/g)].map(([, state]) => state)
const labelOf = (html: string, name: string) => html.match(new RegExp(`aria-label="${name}, ([^"]*)"`))?.[1]

describe('the plan of a site', () => {
  it('that is heard shows what it tells', () => {
    expect(statesIn(drawn())).toEqual(['free', 'taken', 'out'])
    expect(labelOf(drawn(), 'free')).toBe('Free')
  })

  it('that is not heard is grey, and each space says what was last told and since when', () => {
    const html = drawn(Date.UTC(2026, 10, 20, 13, 2))
    expect(statesIn(html)).toEqual(['stale', 'stale', 'out'])
    expect(labelOf(html, 'free')).toMatch(/^Free, .*14:02/)
    expect(labelOf(html, 'taken')).toMatch(/^Taken, .*14:02/)
  })

  it('that was never heard tells no time', () => {
    expect(statesIn(drawn(0))).toEqual(['stale', 'stale', 'out'])
    expect(labelOf(drawn(0), 'free')).not.toMatch(/\d\d:\d\d/)
  })
})
