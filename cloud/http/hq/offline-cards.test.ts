import { expect, it } from 'vitest'
import type { SiteCatalogue } from '../../bookings/site-catalogue.ts'
import { offlineCards, strictDoorsMax } from './offline-cards.ts'

const hour = 3_600_000
const dark = { online: false, heardMs: 1_000 }

function house(limits: readonly (number | undefined)[]): Pick<SiteCatalogue, 'site' | 'doors'> {
  const doors = limits.map((offlineMaxMs, at) => [`d-${at}`, { name: `Door ${at}`, offlineMaxMs }] as const)
  return { site: { settings: { memberOfflineMs: 24 * hour } }, doors: new Map(doors) } as never
}

it('counts from the last word of the site, and names the doors that stop earlier, the first one first', () => {
  expect(offlineCards(house([undefined, 2 * hour, 24 * hour, hour, 48 * hour]), dark)).toEqual({
    untilMs: 1_000 + 24 * hour,
    stricterDoors: [
      { name: 'Door 3', untilMs: 1_000 + hour },
      { name: 'Door 1', untilMs: 1_000 + 2 * hour },
    ],
  })
})

it('names a bounded number of doors', () => {
  const many = Array.from({ length: strictDoorsMax + 5 }, (_, at) => at + 1)
  expect(offlineCards(house(many), dark)?.stricterDoors).toHaveLength(strictDoorsMax)
})

it('says nothing of a site that is heard, was never heard, or has no doors', () => {
  expect(offlineCards(house([undefined]), { online: true, heardMs: 1_000 })).toBeUndefined()
  expect(offlineCards(house([undefined]), { online: false, heardMs: undefined })).toBeUndefined()
  expect(offlineCards(house([]), dark)).toBeUndefined()
})
