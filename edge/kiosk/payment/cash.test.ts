import { describe, expect, it } from 'vitest'
import { changeMinor, missingMinor } from './cash.ts'

describe('cash', () => {
  it('says what is missing until the amount is reached, then what comes back', () => {
    expect([missingMinor(640, 500), changeMinor(640, 500)]).toEqual([140, 0])
    expect([missingMinor(640, 640), changeMinor(640, 640)]).toEqual([0, 0])
    expect([missingMinor(640, 1000), changeMinor(640, 1000)]).toEqual([0, 360])
  })
})
