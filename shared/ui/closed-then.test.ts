import type { SiteView } from '@gatehouse/shared/api/views'
import { MantineProvider } from '@mantine/core'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterAll, describe, expect, it } from 'vitest'
import { ClosedThen } from './closed-then.tsx'
import { resetLanguage } from './language.ts'

const site = {
  timeZone: 'Europe/Berlin',
  openingHours: [{ weekday: 6, from: '08:00', to: '22:00' }],
} as unknown as SiteView
// Saturday 21 November 2026, 00:00 in Berlin.
const saturdayMs = Date.parse('2026-11-20T23:00:00Z')
const hourMs = 3_600_000

function said(fromHour: number, toHour: number): string {
  const wish = { fromMs: saturdayMs + fromHour * hourMs, toMs: saturdayMs + toHour * hourMs }
  return renderToStaticMarkup(createElement(MantineProvider, null, createElement(ClosedThen, { site, wish })))
}

afterAll(() => resetLanguage('en'))

describe.each(['en', 'de'] as const)('a wished time in %s', (language) => {
  it('needs no word while the site is open the whole time', () => {
    resetLanguage(language)
    expect(said(21, 22)).not.toContain('role="status"')
  })

  it('is said to reach beyond the opening hours, with the hours of that day', () => {
    resetLanguage(language)
    for (const [from, to] of [
      [21, 23],
      [3, 4],
      [7, 9],
    ] as const) {
      expect(said(from, to)).toContain('08:00–22:00')
    }
  })

  it('is said to be on a day on which the site is closed', () => {
    resetLanguage(language)
    const text = said(34, 35)
    expect(text).toContain('role="status"')
    expect(text).not.toContain('08:00')
  })
})
