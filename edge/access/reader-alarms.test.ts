import { ManualClock } from '@gatehouse/shared/clock/clock'
import { expect, test } from 'vitest'
import { lastingAlarmMs, ReaderAlarms, sameAlarmMs } from './reader-alarms.ts'

const open = () => {
  const clock = new ManualClock(0)
  return { clock, alarms: new ReaderAlarms(clock) }
}
const untrusted = { deviceId: 'front', trouble: 'untrusted' } as const
const tampered = { deviceId: 'front', trouble: 'tampered' } as const

test('a reader that stays outside with a wrong key is told once a day, however often it tries', () => {
  const { clock, alarms } = open()
  const tryMs = 30_000
  let told = 0
  for (let passedMs = 0; passedMs < 3 * lastingAlarmMs; passedMs += tryMs) {
    if (alarms.isNews('front', 'wrong_key')) told += 1
    clock.advance(tryMs)
  }
  expect(told).toBe(3)
  expect(alarms.takeEnded()).toEqual([])
})

test('its end is told ten minutes after its beginning at the earliest, once, and then it is news again', () => {
  const { clock, alarms } = open()
  expect(alarms.isNews('front', 'mac_failed')).toBe(true)
  expect(alarms.isNews('yard', 'mac_failed')).toBe(true)
  expect(alarms.over(untrusted)).toBe(false)
  clock.advance(sameAlarmMs - 1)
  expect(alarms.takeEnded()).toEqual([])
  clock.advance(1)
  expect(alarms.takeEnded()).toEqual([untrusted])
  expect(alarms.takeEnded()).toEqual([])
  expect(alarms.isNews('front', 'mac_failed')).toBe(true)
})

test('one that comes back within ten minutes is the same incident, which goes on', () => {
  const { clock, alarms } = open()
  alarms.isNews('front', 'tampered')
  alarms.over(tampered)
  clock.advance(sameAlarmMs - 1)
  expect(alarms.isNews('front', 'tampered')).toBe(false)
  clock.advance(sameAlarmMs)
  expect(alarms.takeEnded()).toEqual([])
})

test('being trusted again closes no case', () => {
  const { clock, alarms } = open()
  alarms.isNews('front', 'tampered')
  alarms.isNews('front', 'plain_text')
  alarms.over(untrusted)
  clock.advance(sameAlarmMs)
  expect(alarms.takeEnded()).toEqual([untrusted])
})

test('an end of which this program knows no beginning is told at once: it may be of before a restart', () => {
  expect(open().alarms.over(untrusted)).toBe(true)
})
