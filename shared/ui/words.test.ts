import { expect, it } from 'vitest'
import { reconnectDelayMs } from './live-connection.ts'
import { uiDe, uiEn } from './words.ts'

it('has every shared word in English and German, with the same placeholders', () => {
  expect(Object.keys(uiDe)).toEqual(Object.keys(uiEn))
  const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort()
  for (const key of Object.keys(uiEn) as (keyof typeof uiEn)[])
    expect(placeholders(uiDe[key])).toEqual(placeholders(uiEn[key]))
})

it('waits longer between tries to reconnect, never above the bound', () => {
  expect(reconnectDelayMs(0, 0)).toBe(250)
  expect(reconnectDelayMs(3, 255)).toBe(4_000)
  expect(reconnectDelayMs(50, 255)).toBe(8_000)
})
