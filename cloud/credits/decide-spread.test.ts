import { type CloudAllowance, nothingMoved } from '@gatehouse/shared/credits/cloud-allowance'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideSpread, type SpreadSite } from './decide-spread.ts'

const policy = { keptPercent: 50, lowWaterPercent: 25 }
const site = (siteId: string, sums: Partial<CloudAllowance> = {}, more: Partial<SpreadSite> = {}) => ({
  ...{ siteId, usedLately: true, byHand: false, sums: { ...nothingMoved, ...sums } },
  ...more,
})
const moved = (freeMinor: number, sites: readonly SpreadSite[], isOver = false) =>
  decideSpread({ freeMinor, isOver, sites }, policy).map(({ siteId, command }) => [
    siteId,
    command.kind === 'setOverdraft' ? 0 : command.amountMinor,
  ])

describe('credits that nobody moves by hand', () => {
  it('stay half in the cloud, and are shared over the sites that the member used', () => {
    const unused = site('south', {}, { usedLately: false })
    expect(moved(1_001, [site('north'), site('quay'), unused])).toEqual([
      ['north', 250],
      ['quay', 250],
    ])
  })

  it('are topped up where little is left, and only there', () => {
    const low = site('north', { movedMinor: 400, drawnMinor: 350 })
    const enough = site('quay', { movedMinor: 200 })
    expect(moved(750, [low, enough])).toEqual([['north', 200]])
  })

  it('are left to people where a person moved them', () => {
    expect(moved(1_000, [site('north', {}, { byHand: true })])).toEqual([])
  })

  it('are asked back once when they are over, from everybody', () => {
    const spent = site('quay', { movedMinor: 100, drawnMinor: 100 })
    const asked = site('south', { movedMinor: 100, askedBackMinor: 100 })
    const left = site('north', { movedMinor: 100, drawnMinor: 30 }, { byHand: true, usedLately: false })
    expect(moved(1_000, [spent, asked, left], true)).toEqual([['north', 70]])
  })

  it('never leave less in the cloud than is to be kept, and settle at once', () => {
    const amount = fc.integer({ min: 0, max: 5_000 })
    fc.assert(
      fc.property(amount, fc.array(fc.tuple(amount, amount), { maxLength: 5 }), (freeMinor, held) => {
        const sites = held.map(([movedMinor, drawn], at) =>
          site(`s${at}`, { movedMinor, drawnMinor: Math.min(drawn, movedMinor) }),
        )
        const steps = moved(freeMinor, sites)
        const sum = steps.reduce((all, [, part]) => all + Number(part), 0)
        expect(sum).toBeLessThanOrEqual(freeMinor)
        const after = sites.map((one) => {
          const more = Number(steps.find(([siteId]) => siteId === one.siteId)?.[1] ?? 0)
          return { ...one, sums: { ...one.sums, movedMinor: one.sums.movedMinor + more } }
        })
        const again = moved(freeMinor - sum, after)
        expect(again.length === 0 || sum < freeMinor).toBe(true)
      }),
    )
  })
})
