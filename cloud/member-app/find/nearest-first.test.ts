import type { SiteView } from '@gatehouse/shared/api/views'
import { expect, it } from 'vitest'
import { type Found, nearestFirst } from './nearest-first.ts'

const found = (name: string, free: number, more: { meters?: number; offline?: true } = {}): Found => {
  const site: Partial<SiteView> = {
    name,
    freeNow: { desk: { free, total: 9 }, meeting_room: { free: 0, total: 2 } },
    link: { state: more.offline ? 'offline' : 'live', sinceMs: 0 },
  }
  return { site: site as SiteView, meters: more.meters }
}
const names = (entries: readonly Found[]) => nearestFirst(entries).map(({ site }) => site.name)

it('puts the nearest first, whatever is free there', () => {
  const far = found('Far', 9, { meters: 2_000 })
  expect(names([far, found('Near', 0, { meters: 300 }), found('Unknown', 9)])).toEqual([
    'Near',
    'Far',
    'Unknown',
  ])
})

it('without a position puts those that answer before the silent ones, and the freest of them first', () => {
  const silent = found('Silent', 9, { offline: true })
  expect(names([silent, found('Full', 0), found('Free', 5), found('Freer', 7)])).toEqual([
    'Freer',
    'Free',
    'Full',
    'Silent',
  ])
})

it('keeps equals in the order of their names and the list it was given as it was', () => {
  const given = [found('B', 3), found('A', 3)]
  expect(names(given)).toEqual(['A', 'B'])
  expect(given.map(({ site }) => site.name)).toEqual(['B', 'A'])
})
