import { ManualClock } from '@gatehouse/shared/clock/clock'
import { expect, test } from 'vitest'
import { lastingAlarmMs, ReaderAlarms, sameAlarmMs } from './reader-alarms.ts'

test('a reader that stays outside with a wrong key is told once a day, however often it tries', () => {
  const clock = new ManualClock(0)
  const alarms = new ReaderAlarms(clock)
  const tryMs = 30_000
  let told = 0
  for (let passedMs = 0; passedMs < 3 * lastingAlarmMs; passedMs += tryMs) {
    if (alarms.isNews('front', 'wrong_key')) told += 1
    clock.advance(tryMs)
  }
  expect(told).toBe(3)
})

test('after it was online in between it is news, but not within ten minutes', () => {
  const clock = new ManualClock(0)
  const alarms = new ReaderAlarms(clock)
  expect(alarms.isNews('front', 'mac_failed')).toBe(true)
  expect(alarms.isNews('front', 'wrong_key')).toBe(true)
  alarms.trusted('front')
  clock.advance(sameAlarmMs - 1)
  expect(alarms.isNews('front', 'mac_failed')).toBe(false)
  clock.advance(1)
  expect(alarms.isNews('front', 'mac_failed')).toBe(true)
  expect(alarms.isNews('front', 'mac_failed')).toBe(false)
  expect(alarms.isNews('yard', 'mac_failed')).toBe(true)
})

test('a case that is opened again is news after it was closed; being online does not close it', () => {
  const clock = new ManualClock(0)
  const alarms = new ReaderAlarms(clock)
  expect(alarms.isNews('front', 'tampered')).toBe(true)
  alarms.trusted('front')
  clock.advance(sameAlarmMs)
  expect(alarms.isNews('front', 'tampered')).toBe(false)
  alarms.closed('front')
  expect(alarms.isNews('front', 'tampered')).toBe(true)
})
