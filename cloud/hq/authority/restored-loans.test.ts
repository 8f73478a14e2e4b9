import type { RestoredLoans } from '@gatehouse/shared/api/restored-loans-view'
import { resetLanguage } from '@gatehouse/shared/ui/language.ts'
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { afterAll, describe, expect, it } from 'vitest'
import { restoredLoansQuery } from './queries.ts'
import { RestoredLoansNotice } from './restored-loans.tsx'
import { de } from './words/de.ts'
import { en } from './words/en.ts'

const waiting: RestoredLoans = {
  ...{ asOfMs: 9, epoch: 2, suspended: 4, sold: 2, caughtUp: true, passesOverMs: 1_795_181_400_000 },
  ...{ released: null, mayRelease: true },
}

function render(loans: RestoredLoans): string {
  const client = new QueryClient()
  client.setQueryData<unknown>(restoredLoansQuery('north').queryKey, loans)
  const notice = createElement(RestoredLoansNotice, { siteId: 'north', timeZone: 'Europe/Berlin' })
  return renderToString(
    createElement(MantineProvider, null, createElement(QueryClientProvider, { client }, notice)),
  )
}

afterAll(() => resetLanguage('en'))

describe.each(['en', 'de'] as const)('what a restored cloud holds back, in %s', (language) => {
  const words = language === 'de' ? de : en

  it('can be released by who may, with a reason and a statement', () => {
    resetLanguage(language)
    const html = render(waiting)
    for (const text of [words['restored.release'], words['restored.takesRisk'], words['restored.caughtUp']])
      expect(html).toContain(text)
    expect(render({ ...waiting, mayRelease: false })).not.toContain(words['restored.release'])
  })

  it('says what is missing, and that it was released', () => {
    resetLanguage(language)
    expect(render({ ...waiting, caughtUp: false })).toContain(words['restored.notCaughtUp'])
    const released = { byId: 'hana', atMs: 1_795_181_400_000, reason: 'Seen on site' }
    const html = render({ ...waiting, released })
    expect(html).toContain('Seen on site')
    expect(html).not.toContain(words['restored.release'])
  })

  it('is not there while nothing waits', () => {
    expect(render({ ...waiting, suspended: 0 })).not.toContain(words['restored.release'])
  })
})
