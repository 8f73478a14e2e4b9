import { describe, expect, it } from 'vitest'
import { accessSearch, incidentSearch, isFiltered, queryOf } from './search.ts'

describe('the address of the list', () => {
  it('asks for whole days of the zone, the last one included', () => {
    const query = queryOf({ site: 'north', from: '2026-10-25', to: '2026-10-25' }, 'Europe/Berlin')
    expect(query.get('site')).toBe('north')
    // The night in which clocks go back: 25 hours.
    expect(Number(query.get('toMs')) - Number(query.get('fromMs'))).toBe(25 * 3_600_000)
  })

  it('forgets what it does not understand', () => {
    expect(accessSearch.parse({ result: 'maybe', from: 'soon', name: 'Ann' })).toEqual({ name: 'Ann' })
    expect(incidentSearch.parse({ state: 7, kind: '' })).toEqual({})
  })

  it('is not a filter where only the page differs', () => {
    expect(isFiltered({ cursor: '5.1.7.north' })).toBe(false)
    expect(isFiltered({ result: 'refused' })).toBe(true)
  })
})
