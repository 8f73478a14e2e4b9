import { expect, it } from 'vitest'
import { distanceMeters } from './distance.ts'

it('agrees with the known distance between two cities within one per cent', () => {
  const berlin = { latitude: 52.52, longitude: 13.405 }
  const hamburg = { latitude: 53.5511, longitude: 9.9937 }
  expect(distanceMeters(berlin, hamburg) / 255_300).toBeCloseTo(1, 2)
  expect(distanceMeters(berlin, berlin)).toBe(0)
})
