import { describe, expect, it } from 'vitest'
import type { PanelSite, PanelState } from '../../panel-contract.ts'
import { stepIsDone, type TourStart, tourCast, tourStepOf, tourSteps } from './tour.ts'

function site(changes: Partial<PanelSite> = {}): PanelSite {
  const kind = changes.kind ?? 'parking'
  return {
    siteId: kind,
    kind,
    network: 'on',
    headSeq: 12,
    cloudHeadSeq: 12,
    vehicles: [],
    ledgerTail: [],
    ...changes,
  } as unknown as PanelSite
}
const stateOf = (...sites: PanelSite[]) => ({ sites }) as unknown as PanelState
const entry = (seq: number, type: string) => ({ seq, type, hash: '', atMs: 0, uploaded: true })
const start = (...acted: ('tapCard' | 'driveIn')[]): TourStart => ({
  heads: { parking: 10 },
  acted: new Set(acted),
})

describe('the tour', () => {
  it('counts a booking only when its entry is newer than the step', () => {
    const booked = (seq: number) => stateOf(site({ ledgerTail: [entry(seq, 'booking.confirmed')] }))
    expect(stepIsDone(1, booked(10), start())).toBe(false)
    expect(stepIsDone(1, booked(11), start())).toBe(true)
  })

  it('does not take the traffic for what the person did', () => {
    const opened = stateOf(site({ ledgerTail: [entry(11, 'access.granted'), entry(12, 'session.entered')] }))
    expect([stepIsDone(2, opened, start()), stepIsDone(3, opened, start())]).toEqual([false, false])
    expect(stepIsDone(2, opened, start('tapCard'))).toBe(true)
    expect(stepIsDone(3, opened, start('driveIn'))).toBe(true)
  })

  it('wants the sale while the cable is cut', () => {
    const ledgerTail = [entry(11, 'payment.captured')]
    expect(stepIsDone(5, stateOf(site({ ledgerTail })), start())).toBe(false)
    expect(stepIsDone(5, stateOf(site({ ledgerTail, network: 'cut' })), start())).toBe(true)
  })

  it('follows the cable, and agrees only when nothing waits anywhere', () => {
    const cut = stateOf(site(), site({ kind: 'coworking', network: 'cut' }))
    expect([stepIsDone(4, cut, start()), stepIsDone(6, cut, start())]).toEqual([true, false])
    expect(stepIsDone(7, stateOf(site(), site({ headSeq: 13 })), start())).toBe(false)
    expect(stepIsDone(7, stateOf(site(), site({ headSeq: 12 })), start())).toBe(true)
  })

  it('plays with the house, the garage and a car that has not paid', () => {
    const house = site({ kind: 'coworking' })
    const vehicle = { vehicleClass: 'car', arrivedMs: 0 }
    const garage = site({
      vehicles: [
        { ...vehicle, plate: 'B-GH 1', paid: true },
        { ...vehicle, plate: 'B-GH 2', paid: false },
      ],
    })
    expect(tourCast(stateOf(garage, house))).toEqual({ house, garage, cut: undefined, unpaidPlate: 'B-GH 2' })
  })

  it('has seven steps and nothing before or after', () => {
    expect(tourSteps.map(tourStepOf)).toEqual(tourSteps)
    expect([tourStepOf(0), tourStepOf(8)]).toEqual([undefined, undefined])
  })
})
