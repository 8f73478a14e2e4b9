import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { directoryBodies } from './directory.ts'
import { entryBodies } from './entries.ts'

const golden = JSON.parse(readFileSync(new URL('./golden/site-facts.json', import.meta.url), 'utf8'))

describe('golden samples of what sites and spaces may say beyond the first version', () => {
  test('a hold of a combined space is read as it was written', () => {
    expect(entryBodies['booking.held'].parse(golden.heldWithParts)).toEqual(golden.heldWithParts)
  })

  test('spaces are read as they were written', () => {
    for (const space of golden.spaces) expect(directoryBodies.space.parse(space)).toEqual(space)
  })

  test('a site with pictures is read as it was written', () => {
    expect(directoryBodies.site.parse(golden.siteWithPhotos)).toEqual(golden.siteWithPhotos)
  })

  test('a site described in further languages is read as it was written; a language is a code', () => {
    const site = golden.siteInLanguages
    expect(directoryBodies.site.parse(site)).toEqual(site)
    for (const code of ['DE', 'deutsch', '', 'd']) {
      const body = { ...site, descriptionIn: JSON.parse(`{"${code}":"Schreibtische"}`) }
      expect([code, directoryBodies.site.safeParse(body).success]).toEqual([code, false])
    }
  })

  test('how long an exit waits for a person is read as it was written, and never longer than an hour', () => {
    const site = golden.siteWithExitPolicy
    expect(directoryBodies.site.parse(site)).toEqual(site)
    const settings = { ...site.settings, attendantWaitMs: 3_600_001 }
    expect(directoryBodies.site.safeParse({ ...site, settings }).success).toBe(false)
  })

  test('a site with holidays, and a plan that goes on during them, are read as they were written', () => {
    expect(directoryBodies.site.parse(golden.siteWithHolidays)).toEqual(golden.siteWithHolidays)
    expect(directoryBodies.plan.parse(golden.planOnHolidays)).toEqual(golden.planOnHolidays)
  })
})
