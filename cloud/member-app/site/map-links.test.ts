import { expect, it } from 'vitest'
import { mapLinks } from './map-links.ts'

it('shows the place in a map program and, marked, on a page that every browser opens', () => {
  const { device, page } = mapLinks({ latitude: 53.5436, longitude: 9.9661 })
  expect(device).toBe('geo:53.5436,9.9661?q=53.5436,9.9661')
  const url = new URL(page)
  expect(url.protocol).toBe('https:')
  expect([url.searchParams.get('mlat'), url.searchParams.get('mlon')]).toEqual(['53.5436', '9.9661'])
  expect(url.hash).toBe('#map=17/53.5436/9.9661')
})

it('writes degrees without an exponent, south and west with a sign, and whole ones as they are', () => {
  expect(mapLinks({ latitude: -0.0000123, longitude: -70 }).device).toBe('geo:-0.000012,-70?q=-0.000012,-70')
})
