import { exceptionFixes, exceptionKinds } from '@gatehouse/shared/api/exception-view'
import { resetLanguage } from '@gatehouse/shared/ui/language.ts'
import { afterAll, describe, expect, it } from 'vitest'
import { renderScreen } from '../testing/render-screen.ts'
import { caseSearchSchema, casesPath, casesQuery } from './queries.ts'
import type { Case, CasePage } from './views.ts'
import { de } from './words/de.ts'
import { en } from './words/en.ts'

const one: Case = {
  ...{ exceptionId: 7, siteId: 'quay-street', siteName: 'Quay Street', timeZone: 'Europe/Berlin' },
  ...{
    kind: 'difference',
    about: '1',
    state: 'taken',
    severity: 2,
    sinceMs: 1_795_181_400_000,
    foundMs: 1_795_181_400_000,
  },
  sides: [{ what: 'takings EUR cash', site: 1_000, cloud: 999, difference: -1, unit: 'EUR' }],
  ...{ amountMinor: 1, currency: 'EUR', needsSecond: false, fixes: ['cloud_corrected'], may: ['settle'] },
  owner: { id: 'us_1', name: 'Iver (demo)' },
}

function render(query: string, items: readonly Case[]): Promise<string> {
  return renderScreen(`/exceptions${query}`, (client) => {
    const search = caseSearchSchema.parse(Object.fromEntries(new URLSearchParams(query)))
    const page: CasePage = {
      asOfMs: 9,
      unsettled: items.length,
      items: [...items],
      choices: { sites: [], owners: [] },
    }
    client.setQueryData(casesQuery(search).queryKey, page)
  })
}

afterAll(() => resetLanguage('en'))

describe.each(['en', 'de'] as const)('the exceptions inbox in %s', (language) => {
  const words = language === 'de' ? de : en

  it('shows what is wrong, where, how much and whose it is', async () => {
    resetLanguage(language)
    const html = await render('', [one, { ...one, exceptionId: 8, kind: 'other', state: 'open' }])
    for (const text of ['Quay Street', 'Iver (demo)', words['kind.difference'], words['kind.other']]) {
      expect(html).toContain(text)
    }
    expect(html).toContain(words['state.taken'])
    expect(html).toMatch(/data-case="7"/)
  })

  it('says what to do where nothing waits or nothing matches', async () => {
    resetLanguage(language)
    expect(await render('', [])).toContain(words.emptyHint)
    expect(await render('?kind=clone', [])).toContain(words.noMatchHint)
  })
})

describe('the words', () => {
  it('name every kind, its reason and every fix that the cloud knows', () => {
    const known = Object.keys(en)
    for (const kind of exceptionKinds) {
      expect(known).toContain(`kind.${kind}`)
      expect(known).toContain(`reason.${kind}`)
    }
    for (const fix of exceptionFixes) expect(known).toContain(`fix.${fix}`)
  })

  it('are there in both languages with the same placeholders', () => {
    const holes = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort()
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort())
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(holes(de[key])).toEqual(holes(en[key]))
  })
})

it('asks for what waits unless the address says otherwise', () => {
  expect(casesPath({})).toBe('/hq/exceptions?state=unsettled')
  expect(casesPath({ state: 'all', open: 3, site: 'north' })).toBe('/hq/exceptions?site=north')
})
