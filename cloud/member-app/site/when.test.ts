import { describe, expect, it } from 'vitest'
import { readWhen, wallTime } from './when.ts'

const zone = 'Europe/Berlin'
const at = (hour: number, minute: number) => Date.UTC(2026, 10, 20, hour - 1, minute)

describe('the wished time', () => {
  it('is the next half-hour for one hour when the address says nothing', () => {
    const when = readWhen({}, at(14, 6), zone)
    expect(when).toMatchObject({ date: '2026-11-20', fromMinutes: 14 * 60 + 30, minutes: 60 })
    expect(when.fromMs).toBe(at(14, 30))
    expect(when.toMs).toBe(at(15, 30))
  })
  it('begins tomorrow in the last minutes of a day', () => {
    expect(readWhen({}, at(23, 45), zone)).toMatchObject({ date: '2026-11-21', fromMinutes: 0 })
  })
  it('keeps what the address says', () => {
    const when = readWhen({ date: '2026-11-23', from: '09:30', minutes: 90 }, at(14, 6), zone)
    expect(when).toMatchObject({ date: '2026-11-23', fromMinutes: 570, minutes: 90 })
  })
  it('opens another day at nine', () => {
    expect(readWhen({ date: '2026-11-23' }, at(14, 6), zone).fromMinutes).toBe(540)
  })
  it('ignores what it cannot read', () => {
    const when = readWhen({ date: 'soon', from: '25:99', minutes: -5 }, at(14, 6), zone)
    expect(when).toMatchObject({ date: '2026-11-20', fromMinutes: 870, minutes: 60 })
  })
  it('lasts its absolute length over the night when the clocks change', () => {
    const when = readWhen({ date: '2026-10-25', from: '01:30', minutes: 180 }, at(14, 6), zone)
    expect(when.toMs - when.fromMs).toBe(180 * 60_000)
  })
})

it('writes wall times with two digits', () => {
  expect(wallTime(65)).toBe('01:05')
})
