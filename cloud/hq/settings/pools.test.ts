import type { SiteSettingsView } from '@gatehouse/shared/api/site-settings-view'
import { lendingSchema } from '@gatehouse/shared/loans/lending-policy'
import { describe, expect, it } from 'vitest'
import { isWithin, lendingOf, poolFields } from './pools.ts'

const hourMs = 3_600_000
const policy = {
  ...{ sharePercent: 50, shareMinPercent: 25, shareMaxPercent: 75, stepPercent: 5 },
  ...{ windowMs: 4 * hourMs, leadMs: 24 * hourMs, cutOffMs: hourMs / 2 },
}
const rooms = { poolId: 'rooms', kind: 'meeting_room', policy }
const view = (
  pools: SiteSettingsView['settings']['lending']['pools'],
): Pick<SiteSettingsView, 'settings' | 'pools'> => ({
  settings: { status: 'open', allocation: 'nearest', lending: { pools } },
  pools: [
    { kind: 'meeting_room', spaces: 3 },
    { kind: 'bay', bayClass: 'regular', spaces: 20 },
    { kind: 'bay', bayClass: 'ev', spaces: 4 },
  ],
})

describe('the pools of a site', () => {
  it('come back from the form as they went in', () => {
    expect(lendingOf(poolFields(view([rooms])), ['room-1'])).toEqual({ pools: [rooms], never: ['room-1'] })
  })

  it('are followed by what is not lent yet, which stays so until somebody says a share', () => {
    const fields = poolFields(view([rooms]))
    expect(fields.map(({ poolId, spaces }) => [poolId, spaces])).toEqual([
      ['rooms', 3],
      ['bay-regular', 20],
      ['bay-ev', 4],
    ])
    const lent = lendingOf(
      fields.map((pool) => (pool.bayClass === 'ev' ? { ...pool, share: 10, most: 20 } : pool)),
      [],
    )
    expect(lent.pools.map(({ poolId, bayClass }) => [poolId, bayClass])).toEqual([
      ['rooms', undefined],
      ['bay-ev', 'ev'],
    ])
    expect(lendingSchema.safeParse(lent).success).toBe(true)
  })

  it('of all classes hold the bays of each', () => {
    const all = poolFields(view([{ ...rooms, poolId: 'bays', kind: 'bay' }]))
    expect(all.map(({ poolId, spaces }) => [poolId, spaces])).toEqual([
      ['bays', 24],
      ['meeting_room', 3],
    ])
  })

  it('have a share between its bounds', () => {
    const [pool] = poolFields(view([rooms]))
    expect(
      pool && [isWithin(pool), isWithin({ ...pool, share: 76 }), isWithin({ ...pool, least: 51 })],
    ).toEqual([true, false, false])
  })
})
